package io.holisticos.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.holisticos.health.SourceName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The files of {@code deploy/} and the {@code Dockerfile}, held against the service and against each other. */
class DeploymentFilesTest {

    private static final Path ROOT = Path.of("..");
    private static final Path DEPLOY = ROOT.resolve("deploy");
    private static final Path KUBERNETES = DEPLOY.resolve("kubernetes");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_0-9]+)(:-)?");

    /** Requests under way have 5 s, open connections 2, jobs 3 before they are interrupted, and the JVM some for itself. */
    private static final int SECONDS_AFTER_THE_WAIT = 15;

    private static final int OF_A_MIGRATION = 2;

    /** Of an operator of databases, of replication and of people. */
    private static final int OF_OTHERS_CONNECTIONS = 20;

    /** Which the files beside it name. */
    private static final Set<String> PORTS = Set.of("PORT", "BIND_HOST", "ADMIN_PORT");

    /** Kinds that the operator of CloudNativePG defines; there is no model of them here. */
    private static final Set<String> OF_OTHERS = Set.of("Cluster", "Database");

    private static final Map<String, Class<?>> KINDS = Map.of(
            "Namespace", Namespace.class,
            "Secret", Secret.class,
            "ConfigMap", ConfigMap.class,
            "Service", io.fabric8.kubernetes.api.model.Service.class,
            "Deployment", Deployment.class,
            "Job", Job.class,
            "PodDisruptionBudget", PodDisruptionBudget.class,
            "HorizontalPodAutoscaler", HorizontalPodAutoscaler.class,
            "NetworkPolicy", NetworkPolicy.class);

    private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());

    /** Fields that a model does not know are a failure, and not kept beside it as the model would have it. */
    private final ObjectMapper strict = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    @TestFactory
    List<DynamicTest> whatIsSetIsReadByTheConfigurationAndWhatHasNoDefaultIsSet() {
        Map<String, Set<String>> told = new TreeMap<>();
        JsonNode compose = compose();
        for (String service : List.of("migrate-sahha", "migrate-whoop", "app-1", "app-2")) {
            told.put("compose " + service, environmentOf(compose, compose.at("/services/" + service)));
        }
        Map<String, JsonNode> objects = kubernetes();
        told.put("kubernetes deployment", told(objects, "Deployment health", "/spec/template/spec/containers/0"));
        told.put(
                "kubernetes job sahha-db", told(objects, "Job health-migrate", "/spec/template/spec/initContainers/0"));
        told.put(
                "kubernetes job whoop-db", told(objects, "Job health-migrate", "/spec/template/spec/initContainers/1"));
        told.put(
                "render",
                elements(render().at("/services/0/envVars"))
                        .map(each -> each.path("key").asText())
                        .collect(Collectors.toSet()));
        Set<String> read = variablesOfTheConfiguration();
        Set<String> needed = new TreeSet<>(Set.of("SAHHA_DATABASE_USER", "SAHHA_DATABASE_PASSWORD"));
        Matcher variable = VARIABLE.matcher(text(ROOT.resolve("config.yml")));
        while (variable.find()) {
            if (variable.group(2) == null) {
                needed.add(variable.group(1));
            }
        }

        return told.entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    assertThat(read).containsAll(each.getValue());
                    assertThat(each.getValue()).containsAll(needed);
                }))
                .toList();
    }

    @Test
    void whatAnOperatorMaySetReachesTheReplicasOfCompose() {
        JsonNode compose = compose();
        Set<String> passed = new TreeSet<>(environmentOf(compose, compose.at("/services/app-1")));
        Set<String> read = new TreeSet<>(variablesOfTheConfiguration());
        read.removeAll(PORTS);

        assertThat(passed).isEqualTo(read);
        Set<String> used = new TreeSet<>(read);
        VARIABLE.matcher(text(DEPLOY.resolve("compose.yaml"))).results().forEach(each -> used.add(each.group(1)));
        assertThat(used)
                .as("nothing is set in the example that reaches nobody")
                .containsAll(text(DEPLOY.resolve("compose/env.example"))
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split("=")[0])
                        .toList());
    }

    @Test
    void theBrandIsSetWhereverTheServiceIsDeployed() {
        Map<String, JsonNode> objects = kubernetes();
        Set<String> brand = Set.of("BRAND_NAME", "BRAND_COLOUR");

        assertThat(told(objects, "Deployment health", "/spec/template/spec/containers/0"))
                .containsAll(brand);
        assertThat(elements(render().at("/services/0/envVars"))
                        .map(each -> each.path("key").asText()))
                .containsAll(brand);
        String mounted = elements(objects.get("Deployment health").at("/spec/template/spec/containers/0/volumeMounts"))
                .filter(each -> each.path("name").asText().equals("brand"))
                .map(each -> each.path("mountPath").asText())
                .findFirst()
                .orElseThrow();
        assertThat(text(KUBERNETES.resolve("03-settings.yaml")))
                .as("a logo is a file of a volume that may be missing")
                .contains("# BRAND_LOGO: " + mounted + "/logo.svg");
        assertThat(objects.get("Deployment health").at("/spec/template/spec/volumes"))
                .anySatisfy(volume ->
                        assertThat(volume.at("/configMap/optional").asBoolean()).isTrue());
    }

    private static Set<String> variablesOfTheConfiguration() {
        return VARIABLE.matcher(text(ROOT.resolve("config.yml")))
                .results()
                .map(variable -> variable.group(1))
                .collect(Collectors.toSet());
    }

    @TestFactory
    Stream<DynamicTest> kubernetesKnowsEveryFieldOfEveryObject() {
        return kubernetes().entrySet().stream()
                .filter(each -> !OF_OTHERS.contains(each.getValue().path("kind").asText()))
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    String kind = each.getValue().path("kind").asText();
                    assertThat(strict.treeToValue(each.getValue(), KINDS.get(kind)))
                            .isNotNull();
                }));
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowIsFound() throws Exception {
        JsonNode object = yaml.readTree("{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {cpu: 1}}}}");

        assertThatThrownBy(() -> strict.treeToValue(object, Deployment.class)).hasMessageContaining("cpu");
    }

    @Test
    void whatKubernetesIsToldToUseIsThere() {
        Map<String, JsonNode> objects = kubernetes();
        List<JsonNode> all = List.copyOf(objects.values());

        assertThat(all)
                .allSatisfy(each -> assertThat(each.at("/metadata/namespace").asText("health"))
                        .isEqualTo("health"));
        for (String key : List.of("secretRef", "configMapRef", "secretKeyRef", "passwordSecret", "secret")) {
            all.stream()
                    .flatMap(each -> each.findValues(key).stream())
                    .map(each -> each.path("name").asText())
                    .forEach(name -> assertThat(objects)
                            .containsKey((key.equals("configMapRef") ? "ConfigMap " : "Secret ") + name));
        }
        assertThat(objects.get("HorizontalPodAutoscaler health")
                        .at("/spec/scaleTargetRef/name")
                        .asText())
                .isEqualTo("health");
        assertThat(objects.get("Deployment health").at("/spec/template/metadata/labels"))
                .isEqualTo(objects.get("PodDisruptionBudget health").at("/spec/selector/matchLabels"))
                .isEqualTo(objects.get("Service health").at("/spec/selector"));
        assertThat(objects.get("Deployment health").findValuesAsText("path"))
                .containsOnly("/health/live", "/health/ready");
    }

    @Test
    void asManyReplicasAsThereMayBeFitTheConnectionsOfTheirServers() throws Exception {
        Map<String, JsonNode> objects = kubernetes();
        int replica = connectionsOfAReplica().values().stream()
                .mapToInt(Integer::intValue)
                .sum();
        JsonNode deployment = objects.get("Deployment health").path("spec");
        int surge = deployment.at("/strategy/rollingUpdate/maxSurge").asInt();
        int ending = surge
                + objects.get("PodDisruptionBudget health")
                        .at("/spec/maxUnavailable")
                        .asInt();
        int pods = objects.get("HorizontalPodAutoscaler health")
                        .at("/spec/maxReplicas")
                        .asInt()
                + surge
                + ending;
        int most = objects.get("Cluster postgres")
                .at("/spec/postgresql/parameters/max_connections")
                .asInt();

        assertThat(deployment.path("minReadySeconds").asInt())
                .as("one pod of a rollout has ended before the next one begins to")
                .isGreaterThan(deployment
                        .at("/template/spec/terminationGracePeriodSeconds")
                        .asInt());
        assertThat(pods * replica + OF_A_MIGRATION + OF_OTHERS_CONNECTIONS).isLessThanOrEqualTo(most);
        assertThat(text(KUBERNETES.resolve("04-postgres.yaml")))
                .contains("maxSurge " + surge + " + ending " + ending + ") x " + replica + " = " + pods * replica)
                .contains(" " + (pods * replica + OF_A_MIGRATION + OF_OTHERS_CONNECTIONS) + ", of max_connections "
                        + most);
        int instances = render().at("/services/0/scaling/maxInstances").asInt() + 1;
        connectionsOfAReplica()
                .values()
                .forEach(each ->
                        assertThat(text(DEPLOY.resolve("render.yaml"))).contains(Integer.toString(instances * each)));
    }

    @Test
    void theEndIsGivenTheTimeItTakes() {
        JsonNode compose = compose();
        Map<String, JsonNode> objects = kubernetes();
        JsonNode render = render().at("/services/0");
        int wait =
                seconds(objects.get("ConfigMap health").at("/data/DRAIN_TIME").asText());
        int renders = elements(render.path("envVars"))
                .filter(each -> each.path("key").asText().equals("DRAIN_TIME"))
                .map(each -> seconds(each.path("value").asText()))
                .findFirst()
                .orElseThrow();

        assertThat(objects.get("Deployment health")
                        .at("/spec/template/spec/terminationGracePeriodSeconds")
                        .asInt())
                .isGreaterThanOrEqualTo(wait + SECONDS_AFTER_THE_WAIT);
        assertThat(render.path("maxShutdownDelaySeconds").asInt())
                .isGreaterThanOrEqualTo(renders + SECONDS_AFTER_THE_WAIT);
        assertThat(seconds(compose.at("/x-app/stop_grace_period").asText()))
                .isGreaterThanOrEqualTo(
                        seconds(compose.at("/x-runtime/DRAIN_TIME").asText()) + SECONDS_AFTER_THE_WAIT);
        assertThat(text(DEPLOY.resolve("systemd/unified-health@.service")))
                .contains("SuccessExitStatus=143", "TimeoutStopSec=30");
        JsonNode probe = objects.get("Deployment health").at("/spec/template/spec/containers/0/readinessProbe");
        assertThat(probe.path("periodSeconds").asInt()
                        * probe.path("failureThreshold").asInt())
                .as("noticed while it still serves")
                .isLessThan(wait);
    }

    @Test
    void whatComposeMountsIsThereAndWhatHaproxyReadsIsSet() {
        JsonNode compose = compose();
        elements(compose.path("services"))
                .flatMap(service -> elements(service.path("volumes")))
                .map(volume -> volume.asText().split(":")[0])
                .filter(path -> path.startsWith("."))
                .filter(path ->
                        !path.matches("\\./(prometheus|alertmanager|grafana)\\b.*")) // checked beside their tests
                .forEach(path -> assertThat(DEPLOY.resolve(path)).exists());
        Set<String> variables = new TreeSet<>();
        Matcher variable = VARIABLE.matcher(text(DEPLOY.resolve("haproxy.cfg")));
        while (variable.find()) {
            variables.add(variable.group(1));
        }
        assertThat(names(compose.at("/services/proxy/environment"))).isEqualTo(variables);
        assertThat(text(DEPLOY.resolve("compose/databases.sh"))).contains("OWNER_PASSWORD", "RUNTIME_PASSWORD");
        Set<String> asked = new TreeSet<>();
        Matcher needed = Pattern.compile("\\$\\{([A-Z_0-9]+):\\?}").matcher(text(DEPLOY.resolve("compose.yaml")));
        while (needed.find()) {
            asked.add(needed.group(1));
        }
        assertThat(text(DEPLOY.resolve("compose/env.example"))
                        .lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split("=")[0]))
                .containsAll(asked);
    }

    @Test
    void theImageHasTheDependenciesOfAllModulesInALayerOfTheirOwn() {
        String dockerfile = text(ROOT.resolve("Dockerfile"));
        Matcher module = Pattern.compile("<module>([a-z-]+)</module>")
                .matcher(text(ROOT.resolve("pom.xml")).replaceAll("(?s)<profiles>.*</profiles>", ""));
        List<String> modules = new ArrayList<>();
        while (module.find()) {
            modules.add(module.group(1));
        }

        assertThat(modules).contains("app");
        assertThat(modules)
                .allSatisfy(each -> assertThat(dockerfile).contains("COPY %s/pom.xml %s/\n".formatted(each, each)));
        assertThat(dockerfile)
                .contains("USER 10001:10001", "HEALTHCHECK", "ARG BUILD_IMAGE", "ARG RUNTIME_IMAGE")
                .doesNotContain("--chown");
        Matcher copied = Pattern.compile("deploy/image/[a-z.-]+").matcher(dockerfile);
        while (copied.find()) {
            assertThat(ROOT.resolve(copied.group())).exists();
        }
    }

    /** Which gives the line's words to one program: what only a shell understands would be arguments. */
    @Test
    void whatRenderRunsBeforeAReleaseIsOneProgramOfTheImage() {
        String command = render().at("/services/0/preDeployCommand").asText();

        assertThat(command).matches("/app/[a-z-]+\\.sh");
        String script = "deploy/image/" + command.substring("/app/".length());
        assertThat(text(ROOT.resolve("Dockerfile"))).contains(script);
        assertThat(ROOT.resolve(script)).isExecutable();
        assertThat(text(ROOT.resolve(script)))
                .contains("sahha-db migrate /app/config.yml\n", "whoop-db migrate /app/config.yml\n");
    }

    @Test
    void eventsThatAreAskedForAreLogged() throws Exception {
        Set<String> asked = new TreeSet<>();
        Matcher event = Pattern.compile("event(?: ==|=~?)\\s?\\\\?\"([a-z_|\\\\]+)\"")
                .matcher(text(DEPLOY.resolve("logs/README.md")));
        while (event.find()) {
            asked.addAll(List.of(event.group(1).replace("\\", "").split("\\|")));
        }
        StringBuilder code = new StringBuilder();
        for (String module : List.of("app", "sahha-core", "whoop-integration")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(file -> code.append(text(file)));
            }
        }

        assertThat(asked).contains("request", "security", "drain_begun");
        assertThat(asked).allSatisfy(each -> assertThat(code.toString()).containsPattern("event=" + each + "\\b"));
    }

    private static Map<SourceName, Integer> connectionsOfAReplica() throws Exception {
        Map<String, String> variables = Map.of(
                "PUBLIC_URL", "https://health.example.com",
                "SAHHA_DATABASE_URL", "jdbc:postgresql://localhost/sahha",
                "VAULT_KEY",
                        Base64.getEncoder()
                                .encodeToString("thirty-two bytes of this test...."
                                        .substring(0, 32)
                                        .getBytes(US_ASCII)),
                "SAHHA_CLIENT_ID", "an-account",
                "SAHHA_CLIENT_SECRET", "the-secret-of-an-account",
                "WHOOP_CLIENT_ID", "an-application",
                "WHOOP_CLIENT_SECRET", "the-secret-of-an-application");
        HealthApplication application = new HealthApplication(Clock.systemUTC(), variables::get);
        Bootstrap<HealthConfiguration> bootstrap = new Bootstrap<>(application);
        application.initialize(bootstrap);
        return bootstrap
                .getConfigurationFactoryFactory()
                .create(
                        HealthConfiguration.class,
                        bootstrap.getValidatorFactory().getValidator(),
                        bootstrap.getObjectMapper(),
                        "dw")
                .build(
                        bootstrap.getConfigurationSourceProvider(),
                        ROOT.resolve("config.yml").toString())
                .connections();
    }

    private Set<String> told(Map<String, JsonNode> objects, String object, String container) {
        JsonNode own = objects.get(object).at(container);
        Set<String> told = new TreeSet<>();
        elements(own.path("env")).forEach(each -> told.add(each.path("name").asText()));
        elements(own.path("envFrom")).forEach(from -> {
            told.addAll(names(
                    objects.get("ConfigMap " + from.at("/configMapRef/name").asText("none")), "data"));
            told.addAll(names(objects.get("Secret " + from.at("/secretRef/name").asText("none")), "stringData"));
        });
        return told;
    }

    private static Set<String> names(JsonNode object, String section) {
        return object == null ? Set.of() : names(object.path(section));
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Anchors are named as the extension that they stand at: {@code x-owner: &owner}. */
    private static Set<String> environmentOf(JsonNode compose, JsonNode service) {
        JsonNode environment = service.path("environment");
        JsonNode own = environment.isTextual() ? compose.path("x-" + environment.asText()) : environment;
        Set<String> names = names(own);
        for (JsonNode more = own.path("<<");
                more.isTextual();
                more = compose.path("x-" + more.asText()).path("<<")) {
            names.addAll(names(compose.path("x-" + more.asText())));
        }
        names.remove("<<");
        return names;
    }

    private JsonNode compose() {
        return read(DEPLOY.resolve("compose.yaml")).get(0);
    }

    private JsonNode render() {
        return read(DEPLOY.resolve("render.yaml")).get(0);
    }

    /** By kind and name. */
    private Map<String, JsonNode> kubernetes() {
        Map<String, JsonNode> objects = new TreeMap<>();
        try (Stream<Path> files = Files.list(KUBERNETES)) {
            files.sorted().flatMap(file -> read(file).stream()).forEach(each -> {
                String name = each.path("kind").asText()
                        + ' '
                        + each.at("/metadata/name").asText();
                assertThat(objects.put(name, each)).as(name).isNull();
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return objects;
    }

    private List<JsonNode> read(Path file) {
        try {
            return yaml.readerFor(JsonNode.class)
                    .<JsonNode>readValues(file.toFile())
                    .readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static int seconds(String time) {
        return (int) Duration.parse("PT" + time).toSeconds();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
