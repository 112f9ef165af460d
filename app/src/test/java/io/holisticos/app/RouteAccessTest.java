package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.servlets.tasks.TaskServlet;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.OpenTo;
import io.holisticos.web.Scope;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletMapping;
import org.glassfish.jersey.server.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every route of both ports, as it is registered, and who gets in to it. {@code route-access.txt} is the only list; a route
 * that is not in it fails. Here the admin port can be reached from elsewhere, and one group of the existing paths is enforced.
 */
class RouteAccessTest {

    private static final java.nio.file.Path RULES =
            java.nio.file.Path.of("src/test/resources/io/holisticos/app/route-access.txt");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Words of the list that are no scope. */
    private static final Set<String> WITHOUT_CREDENTIAL = Set.of("everybody", "observed", "browser", "signature");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static House house;
    private static Environment environment;
    private static final Map<String, String> rules = new TreeMap<>();

    /** Its author said nothing about who may come. */
    @Path("/forgotten")
    public static final class Forgotten {
        @GET
        public String read() {
            return "open";
        }
    }

    /** Its author left the callers to the configuration, which knows no group that it is in. */
    @Path("/in-no-group")
    @OpenTo(OpenTo.Whom.EXISTING_CALLERS)
    public static final class InNoGroup {
        @GET
        public String read() {
            return "open";
        }
    }

    @BeforeAll
    static void open() throws Exception {
        for (String line : Files.readAllLines(RULES)) {
            if (!line.startsWith("#") && !line.isBlank()) {
                String[] words = line.split("\\s+");
                rules.put(words[0] + ' ' + words[1] + ' ' + words[2], words[3]);
            }
        }
        house = House.openWith(Map.of("ADMIN_BIND_HOST", "0.0.0.0", "EXISTING_ROUTES_SAHHA", "enforce"), started -> {
            environment = started;
            started.jersey().register(new Forgotten());
            started.jersey().register(new InNoGroup());
        });
        ApiKeyStore keys = new ApiKeyStore(house.sahhaDatabase().jdbi());
        for (String scope : Scope.ALL) {
            Set<String> others = new TreeSet<>(Scope.ALL);
            others.remove(scope);
            keys.save("all-but-" + scope, "all but " + scope, others, House.START);
            keys.save("only-" + scope, "only " + scope, Set.of(scope), House.START);
        }
        Set<String> noReader = new TreeSet<>(Scope.ALL);
        noReader.removeAll(Set.of(Scope.METRICS, Scope.OPERATOR));
        keys.save("no-reader", "no reader", noReader, House.START);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void everyRegisteredRouteHasARuleAndEveryRuleARoute() {
        Set<String> registered = new TreeSet<>(ofJersey());
        assertThat(registered.remove("api GET /forgotten")).isTrue();
        assertThat(registered.remove("api GET /in-no-group")).isTrue();
        registered.addAll(ofAdminPort());

        assertThat(registered).hasSizeGreaterThan(50);
        assertThat(registered).isEqualTo(rules.keySet());
        assertThat(servletsOfApi())
                .as("Jersey, and Jetty's own, which knows no page")
                .containsExactlyInAnyOrder("/*", "/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/hystrix.stream", "/hystrix/config.stream", "/hystrix/utilization.stream"})
    void aStreamEndsWhenTheKeyThatItWasOpenedWithIsRevoked(String path) throws Exception {
        String key = "watcher-of-" + path.length();
        ApiKeyStore keys = new ApiKeyStore(house.sahhaDatabase().jdbi());
        keys.save(key, "watcher", Set.of(Scope.METRICS), House.START);

        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(opened(path, key), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 4; i++) {
                assertThat(lines.readLine()).as("while the key is good").isNotNull();
            }
            long revoked = System.nanoTime();
            keys.revoke(idOf(key), House.START);

            while (lines.readLine() != null) {
                assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(Duration.ofSeconds(10));
            }
        }
    }

    /** The places of clients that other tests of this class closed are free again after a tick. */
    private static InputStream opened(String path, String key) {
        HttpRequest request = HttpRequest.newBuilder(house.adminUri(path))
                .header("X-API-Key", key)
                .build();
        AtomicReference<InputStream> stream = new AtomicReference<>();
        House.await(() -> {
            HttpResponse<InputStream> answer =
                    HTTP.sendAsync(request, BodyHandlers.ofInputStream()).join();
            assertThat(answer.statusCode()).isIn(200, 503);
            stream.set(answer.body());
            return answer.statusCode() == 200;
        });
        return stream.get();
    }

    private static String idOf(String key) {
        return house.sahhaDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select public_id from api_key where key_sha256 = sha256(cast(:key as bytea))")
                        .bind("key", key)
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void aRouteWhoseAuthorForgotWhoMayComeIsClosedToEverybody() {
        for (String key : new String[] {null, House.KEY}) {
            assertThat(api("GET", "/forgotten", key, Form.HEADER)).isEqualTo(403);
        }
    }

    @Test
    void aRouteForExistingCallersInNoGroupNeedsACredentialWhateverTheGroupsSay() {
        assertThat(api("GET", "/in-no-group", null, Form.HEADER)).isEqualTo(401);
        assertThat(api("GET", "/in-no-group", "all-but-health:read", Form.HEADER))
                .isEqualTo(403);
        assertThat(api("GET", "/in-no-group", "only-health:read", Form.HEADER)).isEqualTo(200);
    }

    @Test
    void theApisRoutesLetInWhomTheirRuleSays() {
        for (Map.Entry<String, String> rule : rules.entrySet()) {
            String[] route = rule.getKey().split(" ");
            if (route[0].equals("api")) {
                assertRule(route[1], route[2], rule.getValue());
            }
        }
    }

    private static void assertRule(String method, String path, String rule) {
        String named = method + ' ' + path;
        if (WITHOUT_CREDENTIAL.contains(rule)) {
            int withoutKey = api(method, path, null, Form.HEADER);
            if (rule.equals("signature")) {
                assertThat(withoutKey).as(named).isEqualTo(401);
                assertThat(api(method, path, House.KEY, Form.HEADER))
                        .as(named + " whatever the key")
                        .isEqualTo(401);
            } else {
                assertThat(withoutKey).as(named).isNotIn(401, 403);
                assertThat(api(method, path, "a-key-that-nobody-has", Form.HEADER))
                        .as(named)
                        .isEqualTo(withoutKey);
            }
            return;
        }
        assertThat(api(method, path, null, Form.HEADER)).as(named).isEqualTo(401);
        if (rule.equals("credential")) {
            assertThat(api(method, path, "a-key-that-nobody-has", Form.BEARER))
                    .as(named)
                    .isEqualTo(401);
            assertThat(api(method, path, "only-health:read", Form.BASIC))
                    .as(named)
                    .isIn(
                            path.contains("{")
                                    ? List.of(404)
                                    : List.of(200, 204)); // who comes in finds nothing of that id
            return;
        }
        assertThat(Scope.ALL).as(named).contains(rule);
        for (Form form : Form.values()) {
            assertThat(api(method, path, "a-key-that-nobody-has", form))
                    .as(named + ' ' + form)
                    .isEqualTo(401);
            assertThat(api(method, path, "all-but-" + rule, form))
                    .as(named + ' ' + form)
                    .isEqualTo(403);
            assertThat(api(method, path, "only-" + rule, form))
                    .as(named + ' ' + form)
                    .isNotIn(401, 403);
        }
    }

    @Test
    void pagesOfTheAdminPortNeedAReaderAndChangesAnOperator() {
        for (String rule : rules.keySet()) {
            String[] route = rule.split(" ");
            if (rules.get(rule).equals("sign-in")) {
                assertSignIn(route[2]);
            } else if (route[0].equals("admin")) {
                assertAdminRule(route[1], route[2].replace("*", "x"), rules.get(rule));
            }
        }
    }

    private static void assertSignIn(String path) {
        assertThat(admin("GET", path, null, Form.HEADER)).isEqualTo(401);
        for (String method : List.of("POST", "DELETE")) {
            assertThat(admin(method, path, null, Form.HEADER)).isEqualTo(401);
            assertThat(admin(method, path, "no-reader", Form.HEADER)).isEqualTo(403);
            assertThat(admin(method, path, "only-metrics", Form.HEADER)).isIn(200, 204);
            assertThat(admin(method, path, "only-operator", Form.BASIC)).isIn(200, 204);
        }
    }

    private static void assertAdminRule(String method, String path, String rule) {
        boolean reads = rule.equals("reader");
        assertThat(rule).isIn("reader", "operator");
        assertThat(admin(method, path, null, Form.HEADER)).as(path).isEqualTo(401);
        assertThat(admin(method, path, reads ? "no-reader" : "all-but-operator", Form.HEADER))
                .as(method + ' ' + path)
                .isEqualTo(403);
        if (reads) {
            for (Form form : Form.values()) {
                for (String reader : List.of("only-metrics", "only-operator")) {
                    assertThat(admin(method, path, reader, form))
                            .as(path + ' ' + form)
                            .isNotIn(401, 403);
                }
            }
        }
        for (String change : List.of("POST", "PUT", "DELETE", "PATCH", "TRACE", "PURGE", "get")) {
            assertThat(admin(change, path, "only-metrics", Form.HEADER))
                    .as(change + ' ' + path)
                    .isIn(change.equals("TRACE") ? List.of(403, 405) : List.of(403));
        }
    }

    @Test
    void anOperatorChangesByWhicheverForm() {
        for (Form form : Form.values()) {
            assertThat(admin("POST", "/tasks/flags", "only-operator", form)).isEqualTo(200);
        }
    }

    @Test
    void membersThatAFlagNamesAreForOperators() {
        house.admin(
                "PUT", "/flags/WHOOP_SYNC", "{\"percentage\":100,\"users\":[\"m-1\"]}", "X-API-Key", "only-operator");

        assertThat(house.admin("GET", "/flags/WHOOP_SYNC", "", "X-API-Key", "only-metrics")
                        .body())
                .contains("user_count")
                .doesNotContain("m-1");
        assertThat(house.admin("GET", "/flags/WHOOP_SYNC", "", "Authorization", "Bearer only-operator")
                        .body())
                .contains("m-1");
    }

    @Test
    void aBrowserIsAskedForAPasswordOnTheAdminPortOnly() {
        HttpResponse<String> admin = house.admin("GET", "/metrics", "");
        assertThat(admin.headers().allValues("WWW-Authenticate"))
                .anyMatch(challenge -> challenge.startsWith("ApiKey"))
                .anyMatch(challenge -> challenge.startsWith("Basic"));

        HttpResponse<String> api = house.getWithoutKey("/api/v1/unified-health/overview/nobody");
        assertThat(api.headers().allValues("WWW-Authenticate"))
                .anyMatch(challenge -> challenge.startsWith("ApiKey"))
                .anyMatch(challenge -> challenge.startsWith("Bearer"))
                .noneMatch(challenge -> challenge.startsWith("Basic"));
    }

    @Test
    void aPasswordThatABrowserAddsToAnotherSitesFormChangesNothing() {
        String basic = Form.BASIC.value("only-operator");

        HttpResponse<String> answer =
                house.admin("POST", "/tasks/drain", "", "Authorization", basic, "Origin", "https://elsewhere.example");

        assertThat(answer.statusCode()).isEqualTo(401);
        house.awaitReady();
    }

    @Test
    void twoDifferentCredentialsInOneRequestAreNone() {
        assertThat(house.admin("GET", "/metrics", "", "X-API-Key", House.KEY, "Authorization", "Bearer only-metrics")
                        .statusCode())
                .isEqualTo(401);
        HttpResponse<String> api = house.exchange(house.request("/api/v1/unified-health/overview/demo-anna")
                .header("X-API-Key", House.KEY)
                .header("Authorization", "Bearer only-health:read"));
        assertThat(api.statusCode()).isEqualTo(401);
        assertThat(house.jsonOf(api).path("detail").asText()).contains("two different credentials");
        HttpResponse<String> open = house.exchange(house.request("/api/v1/health-metrics/overview?profile_id=demo-anna")
                .header("X-API-Key", House.KEY)
                .header("Authorization", "Bearer only-health:read"));
        assertThat(open.statusCode()).as("its callers were never asked for one").isEqualTo(200);
    }

    @Test
    void anEnforcedGroupIsClosedHoweverItsPathIsWritten() {
        for (String path : List.of(
                "/api/v1/sahha/scores",
                "/api/v1/sahha;a=b/scores",
                "/api/v1;x/sahha;y=z/scores;w",
                "/api/v1/%73ahha/scores",
                "/api/v1/sahha/scores/",
                "/api/v1/sahha/%73cores",
                "/api/v1/health-metrics/../sahha/scores")) {
            int status = api("GET", path + "?user_id=demo-anna", null, Form.HEADER);
            assertThat(status).as(path).isIn(400, 401, 404);
        }
        assertThat(api("GET", "/api/v1/sahha/scores?user_id=demo-anna", "only-health:read", Form.BASIC))
                .isEqualTo(200);
        assertThat(api("GET", "/api/v1/health-metrics/overview?profile_id=demo-anna", null, Form.HEADER))
                .isEqualTo(200);
    }

    /** How a key is sent. */
    private enum Form {
        HEADER,
        BEARER,
        BASIC;

        String header() {
            return this == HEADER ? "X-API-Key" : "Authorization";
        }

        String value(String key) {
            return switch (this) {
                case HEADER -> key;
                case BEARER -> "Bearer " + key;
                case BASIC ->
                    "Basic " + Base64.getEncoder().encodeToString(("anybody:" + key).getBytes(StandardCharsets.UTF_8));
            };
        }
    }

    private static List<String> ofJersey() {
        List<String> routes = new ArrayList<>();
        var config = environment.jersey().getResourceConfig();
        Stream.concat(
                        config.getClasses().stream(),
                        config.getInstances().stream().map(Object::getClass))
                .map(Resource::from)
                .filter(resource -> resource != null)
                .forEach(resource -> add(resource, "", routes));
        return routes;
    }

    private static void add(Resource resource, String parent, List<String> routes) {
        String path = (parent + '/' + resource.getPath()).replaceAll("/+", "/");
        resource.getResourceMethods().forEach(method -> routes.add("api " + method.getHttpMethod() + ' ' + path));
        resource.getChildResources().forEach(child -> add(child, path, routes));
    }

    /** What Jetty leads to a servlet, the pages of Dropwizard's one servlet, and the tasks of the other. */
    private static List<String> ofAdminPort() {
        List<String> routes = new ArrayList<>();
        var servlets = environment.getAdminContext().getServletHandler();
        for (ServletMapping mapping : servlets.getServletMappings()) {
            Arrays.stream(mapping.getPathSpecs())
                    .filter(path -> !path.equals("/tasks/*"))
                    .forEach(path -> routes.add("admin GET " + path));
        }
        Stream.of("/healthcheck", "/metrics", "/ping", "/pprof", "/threads")
                .forEach(page -> routes.add("admin GET " + page));
        try {
            TaskServlet tasks = (TaskServlet) Stream.of(servlets.getServlets())
                    .filter(holder -> holder.getClassName().equals(TaskServlet.class.getName()))
                    .findFirst()
                    .orElseThrow()
                    .getServlet();
            tasks.getTasks().forEach(task -> routes.add("admin POST /tasks/" + task.getName()));
        } catch (jakarta.servlet.ServletException e) {
            throw new IllegalStateException(e);
        }
        return routes;
    }

    private static List<String> servletsOfApi() {
        return Stream.of(environment.getApplicationContext().getServletHandler().getServletMappings())
                .flatMap(mapping -> Arrays.stream(mapping.getPathSpecs()))
                .toList();
    }

    private static int api(String method, String path, String key, Form form) {
        String filled = path.replace("{user_id}", "nobody")
                .replace("{job_id}", "00000000-0000-4000-8000-000000000000")
                .replace("{link}", "no-such-link")
                .replace("{file}", "no-such-file")
                .replace("{id}", "no-such-session");
        return status(house.uri(filled), method, key, form);
    }

    private static int admin(String method, String path, String key, Form form) {
        return status(house.adminUri(path), method, key, form);
    }

    /** The body is left alone: that of a stream never ends. */
    private static int status(URI at, String method, String key, Form form) {
        boolean sends = method.equals("POST") || method.equals("PUT");
        HttpRequest.Builder request = HttpRequest.newBuilder(at)
                .timeout(PATIENCE)
                .method(method, sends ? BodyPublishers.ofString("{") : BodyPublishers.noBody());
        if (sends) {
            request.header("Content-Type", "application/json");
        }
        if (key != null) {
            request.header(form.header(), form.value(key));
        }
        try {
            HttpResponse<InputStream> answer = HTTP.send(request.build(), BodyHandlers.ofInputStream());
            answer.body().close();
            return answer.statusCode();
        } catch (IOException e) {
            throw new IllegalStateException(method + ' ' + at.getPath(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
