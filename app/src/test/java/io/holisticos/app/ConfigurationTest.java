package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.app.access.Mode;
import io.holisticos.app.edge.ForwardedHeader;
import io.holisticos.app.limits.LimitsConfiguration;
import io.holisticos.web.ExistingRoutes.Group;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code config.yml}: what it makes of the environment, and how a start ends that cannot go well. */
class ConfigurationTest {

    private static final Path CONFIG = Path.of("../config.yml");
    private static final List<String> SECRETS = List.of(
            "sahha-secret-text",
            "whoop-secret-text",
            "service-key-text-of-32-characters-",
            Base64.getEncoder().encodeToString("0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));

    @TempDir
    Path folder;

    private final Map<String, String> variables = new HashMap<>(Map.of(
            "PUBLIC_URL", "https://health.example.com",
            "SAHHA_DATABASE_URL", "jdbc:postgresql://localhost:1/sahha",
            "SAHHA_DATABASE_PASSWORD", "database-password-text",
            "VAULT_KEY", SECRETS.get(3),
            "SAHHA_CLIENT_ID", "sahha-client",
            "SAHHA_CLIENT_SECRET", SECRETS.get(0)));

    @Test
    void whatIsNeededIsEnough() throws Exception {
        HealthConfiguration configuration = load();

        assertThat(configuration.publicUrl).isEqualTo("https://health.example.com");
        assertThat(configuration.whoop.isConfigured()).isFalse();
        assertThat(configuration.access.existingRoutes).isEqualTo(Mode.OBSERVE);
        assertThat(configuration.access.serviceKey).isEmpty();
        assertThat(configuration.access.origins()).isEmpty();
        assertThat(configuration.access.sessionIdle.toJavaDuration()).isEqualTo(java.time.Duration.ofHours(2));
        assertThat(configuration.sahhaDatabase.getUrl()).isEqualTo("jdbc:postgresql://localhost:1/sahha");
        assertThat(configuration.whoopDatabase.getUrl()).isEqualTo("jdbc:postgresql://localhost:5432/whoop");
    }

    @Test
    void everyVariableOfTheExampleIsTaken() throws Exception {
        List<String> example = Files.readAllLines(Path.of("../.env.example"));
        String config = Files.readString(CONFIG);
        for (String line : example) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] parts = line.split("=", 2);
            assertThat(config).as(parts[0]).contains("${" + parts[0]);
            variables.putIfAbsent(parts[0], parts[1]);
        }
        variables.put("WHOOP_CLIENT_ID", "whoop-client");
        variables.put("WHOOP_CLIENT_SECRET", SECRETS.get(1));
        variables.put("SERVICE_KEY", SECRETS.get(2));
        variables.put("WHOOP_DATABASE_PASSWORD", "database-password-text");
        variables.put("ALLOWED_ORIGINS", "https://a.example.com, https://b.example.com");
        variables.put("EXISTING_ROUTES", "enforce");

        HealthConfiguration configuration = load();

        assertThat(configuration.whoop.isConfigured()).isTrue();
        assertThat(configuration.access.existingRoutes).isEqualTo(Mode.ENFORCE);
        assertThat(configuration.access.serviceKey).isEqualTo(SECRETS.get(2));
        assertThat(configuration.access.origins()).containsExactly("https://a.example.com", "https://b.example.com");
        assertThat(configuration.whoopDatabase.getUser()).isEqualTo("health");
    }

    @Test
    void whatStandsBeforeBothPortsIsReadFromWordsPartedByCommas() throws Exception {
        assertThat(load().edge().publicHost()).isEqualTo("health.example.com");
        assertThat(load().edge().hosts()).isEmpty();
        assertThat(load().edge().trustedProxies()).isEmpty();
        assertThat(load().edge().forwardedHeader()).isEqualTo(ForwardedHeader.X_FORWARDED_FOR);

        variables.put("HOSTS", "health.internal, lb.example.com,");
        variables.put("TRUSTED_PROXIES", "10.0.0.0/8,fd00::/8");
        variables.put("FORWARDED_HEADER", "Forwarded");

        assertThat(load().edge().hosts()).containsExactlyInAnyOrder("health.internal", "lb.example.com");
        assertThat(load().edge().trustedProxies()).containsExactly("10.0.0.0/8", "fd00::/8");
        assertThat(load().edge().forwardedHeader()).isEqualTo(ForwardedHeader.FORWARDED);
    }

    @Test
    void aGroupOfExistingPathsIsAsTheOthersUnlessItDiffers() throws Exception {
        assertThat(load().access.modes())
                .isEqualTo(Map.of(Group.HEALTH_METRICS, Mode.OBSERVE, Group.SAHHA, Mode.OBSERVE));

        variables.put("EXISTING_ROUTES_SAHHA", "enforce");
        assertThat(load().access.modes())
                .isEqualTo(Map.of(Group.HEALTH_METRICS, Mode.OBSERVE, Group.SAHHA, Mode.ENFORCE));

        variables.put("EXISTING_ROUTES", "enforce");
        variables.put("EXISTING_ROUTES_HEALTH_METRICS", "open");
        variables.remove("EXISTING_ROUTES_SAHHA");
        assertThat(load().access.modes()).isEqualTo(Map.of(Group.HEALTH_METRICS, Mode.OPEN, Group.SAHHA, Mode.ENFORCE));
    }

    @Test
    void browsersAreToldToStayWithHttpsUnlessThatIsOff() throws Exception {
        assertThat(load().edge().strictTransportSecurity()).isEqualTo("max-age=31536000; includeSubDomains");

        variables.put("STRICT_TRANSPORT_SECURITY", "max-age=300");
        assertThat(load().edge().strictTransportSecurity()).isEqualTo("max-age=300");
        variables.put("STRICT_TRANSPORT_SECURITY", "off");
        assertThat(load().edge().strictTransportSecurity()).isEmpty();
    }

    @Test
    void aServiceMaySendAThousandRequestsASecondAndExistingPathsHaveNoLimit() throws Exception {
        assertThat(load().limits)
                .usingRecursiveComparison()
                .isEqualTo(new LimitsConfiguration())
                .hasToString("LimitsConfiguration[service=1000, member=20, address=100, existingRoutes=0]");

        variables.put("LIMIT_SERVICE", "2");
        variables.put("LIMIT_MEMBER", "3");
        variables.put("LIMIT_ADDRESS", "4");
        variables.put("LIMIT_EXISTING_ROUTES", "5");
        assertThat(load().limits).hasToString("LimitsConfiguration[service=2, member=3, address=4, existingRoutes=5]");
    }

    @Test
    void secretsPrintNowhere() throws Exception {
        variables.put("WHOOP_CLIENT_ID", "whoop-client");
        variables.put("WHOOP_CLIENT_SECRET", SECRETS.get(1));
        variables.put("SERVICE_KEY", SECRETS.get(2));

        HealthConfiguration configuration = load();

        for (Object section : List.of(
                configuration, configuration.access, configuration.vault, configuration.sahha, configuration.whoop)) {
            assertThat(section.toString()).doesNotContain(SECRETS);
        }
    }

    @Test
    void thereIsNoSecondLevelOfKeptAnswersUnlessItHasAnAddress() throws Exception {
        assertThat(load().cache.redis()).isEmpty();

        variables.put("WHOOP_CLIENT_ID", "whoop-client");
        variables.put("WHOOP_CLIENT_SECRET", SECRETS.get(1));
        variables.put("CACHE_REDIS_URL", "rediss://health:redis-password-text@redis.internal/1");
        assertThat(load().cache.redis()).hasValueSatisfying(redis -> {
            assertThat(redis.uri().getHost()).isEqualTo("redis.internal");
            assertThat(redis.timeout()).hasMillis(20);
            assertThat(redis.toString()).doesNotContain("redis-password-text");
        });
        variables.put("ANSWER_CACHE", "false");
        assertThat(load().cache.redis()).isEmpty();

        variables.put("CACHE_REDIS_URL", "redis:/health:redis-password-text@redis.internal");
        assertThat(line(CONFIG)).contains("CACHE_REDIS_URL").doesNotContain("redis-password-text");
    }

    @Test
    void tokensOfMembersAreOffUnlessTheyHaveAnIssuer() throws Exception {
        assertThat(load().access.jwt.isOn()).isFalse();
        assertThat(load().access.jwt.keysAddress()).isEmpty();

        variables.put("JWT_ISSUER", "https://idp.example.com/");
        variables.put("JWT_AUDIENCE", "health");
        variables.put("JWT_JWKS_URL", "https://idp.example.com/.well-known/jwks.json");

        assertThat(load().access.jwt.isOn()).isTrue();
        assertThat(load().access.jwt.keysAddress())
                .contains(URI.create("https://idp.example.com/.well-known/jwks.json"));
    }

    @Test
    void keysOfAnIssuerComeByHttpsUnlessFromThisMachine() throws Exception {
        variables.put("JWT_ISSUER", "https://idp.example.com/");
        variables.put("JWT_AUDIENCE", "health");
        variables.put("JWT_JWKS_URL", "http://idp.example.com/keys");
        assertThat(line(CONFIG)).contains("JWT_JWKS_URL", "https://");

        variables.put("JWT_JWKS_URL", "http://127.0.0.1:9000/keys");
        assertThat(load().access.jwt.isOn()).isTrue();
        variables.put("JWT_JWKS_URL", "http://idp.example.com/keys");
        variables.put("DEPLOYMENT", "sandbox");
        assertThat(load().access.jwt.isOn()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUBLIC_URL", "SAHHA_DATABASE_URL", "VAULT_KEY", "SAHHA_CLIENT_ID", "SAHHA_CLIENT_SECRET"})
    void aMissingVariable(String name) {
        variables.remove(name);

        assertThat(line(CONFIG)).contains(name).contains("not set");
        variables.put(name, "");
        assertThat(line(CONFIG)).contains(name).contains("not set");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PORT                | 99999           | port",
                "PORT                | eighty          | port",
                "PUBLIC_URL          | health.example  | publicUrl",
                "PUBLIC_URL          | https://a.b/c   | publicUrl",
                "VAULT_KEY           | c2hvcnQ=        | vault.keys",
                "VAULT_KEY           | not base64!     | vault.keys",
                "WHOOP_CLIENT_ID     | only-the-id     | whoop.connect.clientSecret is required",
                "WHOOP_CLIENT_SECRET | only-the-secret | whoop.connect.client",
                "EXISTING_ROUTES     | sometimes       | existingRoutes",
                "EXISTING_ROUTES_SAHHA | sometimes     | access.routes.sahha",
                "EXISTING_ROUTES_HEALTH_METRICS | no   | access.routes.health-metrics",
                "SERVICE_KEY         | short           | serviceKey",
                "ALLOWED_ORIGINS     | *               | allowedOrigins",
                "SESSION_IDLE        | 4m              | access.sessionIdle",
                "SESSION_IDLE        | 481m            | access.sessionIdle",
                "SESSION_IDLE        | soon            | access.sessionIdle",
                "JWT_ISSUER          | https://idp.example.com | needed together",
                "JWT_AUDIENCE        | health          | needed together",
                "JWT_JWKS_URL        | https://idp.example.com/keys | needed together",
                "JWT_JWKS_URL        | foo             | JWT_JWKS_URL",
                "JWT_JWKS_URL        | ftp://a.b/keys  | JWT_JWKS_URL",
                "JWT_JWKS_URL        | https://a.b?c=d | JWT_JWKS_URL",
                "JWT_ISSUER          | two words       | access.jwt.issuer",
                "JWT_MEMBER_CLAIM    | two words       | access.jwt.memberClaim",
                "ALLOWED_ORIGINS     | null            | allowedOrigins",
                "ALLOWED_ORIGINS     | https://a.b/    | allowedOrigins",
                "ALLOWED_ORIGINS     | https://A.b     | allowedOrigins",
                "ALLOWED_ORIGINS     | https://*.a.b   | allowedOrigins",
                "STRICT_TRANSPORT_SECURITY | forever   | strictTransportSecurity",
                "LIMIT_SERVICE   | -1              | limits.service",
                "LIMIT_MEMBER        | many            | limits",
                "LIMIT_ADDRESS       | 1000001         | limits.address",
                "LIMIT_EXISTING_ROUTES | -1            | limits.existingRoutes",
                "HOSTS               | http://a.b      | hosts",
                "HOSTS               | a.b:8080        | hosts",
                "REPLICA             | two words       | replica",
                "BRAND_NAME          | …               | brand.name",
                "BRAND_COLOUR        | green           | BRAND_COLOUR",
                "BRAND_LOGO          | no/such/file    | BRAND_LOGO",
                "DRAIN_TIME          | 61s             | drainTime",
                "TRUSTED_PROXIES     | proxy.internal  | trustedProxies",
                "TRUSTED_PROXIES     | 10.0.0.0/40     | trustedProxies",
                "FORWARDED_HEADER    | X-Real-IP       | forwardedHeader",
                "LOG_LAYOUT          | pretty          | layout",
                "SAHHA_DATABASE_POOL | many            | sahhaDatabase",
                "WHOOP_DATABASE_JOBS_POOL | 0          | whoopDatabase.jobs.maxSize",
                "WHOOP_MEMBER_LIMIT  | 0               | whoop.memberLimit",
                "WHOOP_MEMBER_LIMIT  | ten             | memberLimit",
                "RETURN_TO           | ['http://a.b']  | returnTo",
                "WHOOP_PKCE          | perhaps         | pkce",
                "CONNECT_REQUIRE_SESSION | perhaps     | requireSession",
                "PORT                | -1              | port",
                "ADMIN_PORT          | -8081           | port",
                "MAX_THREADS         | -1              | maxThreads",
                "SAHHA_CALLS_PER_SECOND | 0            | sahha.maxCallsPerSecond",
                "SAHHA_WHOOP_INTEGRATION | maybe       | whoopIntegration",
                "SAHHA_URL           | foo             | SAHHA_URL",
                "SAHHA_URL           | ftp://sahha.ai  | SAHHA_URL",
                "SAHHA_URL           | https://a.b?c=d | SAHHA_URL",
                "ANSWER_CACHE        | sometimes       | cache",
                "CANARY_FALLBACK     | perhaps         | canary",
                "LOG_LEVEL           | NOISY           | LOG_LEVEL",
                "SAHHA_DATABASE_URL  | foo             | DATABASE_URL",
                "SAHHA_DATABASE_URL  | jdbc:mysql://a  | DATABASE_URL",
                "WHOOP_DATABASE_URL  | jdbc:postgresql://a/b?user=c&password=d | DATABASE_URL",
                "CACHE_REDIS_URL     | localhost:6379  | CACHE_REDIS_URL",
                "CACHE_REDIS_URL     | redis://a       | needs WHOOP_CLIENT_ID",
                "DEPLOYMENT          | prod            | production, sandbox"
            })
    void aValueThatBreaksItsRule(String name, String value, String named) {
        variables.put(name, value);

        String line = line(CONFIG);

        assertThat(line).contains(named).doesNotContain(SECRETS);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "within: 5s                  | within: 5ms                 | bodies.within",
                "algorithms: [RS256, ES256]  | algorithms: [HS256]         | only the issuer can make",
                "algorithms: [RS256, ES256]  | algorithms: [none]          | only the issuer can make",
                "algorithms: [RS256, ES256]  | algorithms: []              | access.jwt.algorithms",
                "scopeClaim: ''              | scopeClaim: scope           | needed together",
                "scopes: {}                  | scopes: {a: [connect]}      | needed together",
                "scopes: {}                  | scopes: {a: [operator]}     | what members may",
                "refreshEvery: 5m            | refreshEvery: 1s            | access.jwt.refreshEvery",
                "required: {}                | required: {amr: []}         | access.jwt.required",
                "keepFor: 6h                 | keepFor: 30d                | access.jwt.keepFor",
                "keepFor: 6h                 | keepTill: 6h                | keepTill",
                "openOfOneClient: 50         | openOfOneClient: 5000       | bodies.openOfOneClient",
                "bytesPerSecond: 1000        | bytesPerSecond: 0           | bodies.bytesPerSecond",
                "within: 30s                 | within: 5ms                 | answers.within",
                "slowAfter: 5s               | slowAfter: 31s              | answers.slowAfter",
                "openLinks: 5                | openLinks: 0                | whoop.connect.openLinks",
                "pprof: false                | profiles: true              | diagnostics",
                "hystrix: ${PROMETHEUS_HYSTRIX:-false} | hystrixs: true    | prometheus",
                "maxRequestHeaderSize: 16KiB | useForwardedHeaders: true   | trustedProxies",
                "maxWaitForConnection: 500ms | maxWaitForConnection: 700ms | must fit unified.shares.whoop",
                "socketTimeout: 1s           | socketTimeout: 1500ms       | whole seconds",
                "statementTimeout: 30s       | statementTimeout: 35s       | less than socketTimeout",
                "connectTimeout: '1'         | socketTimeout: '10'         | beside properties",
                "maxSize: 64MiB              | maxSize: 64kB               | cache.maxSize",
                "group: TENACITY             | group: 'TEN.ACITY'          | commands.group",
                "maxConnectionAge: 10m       | maxConnectionAge: 0s        | maxConnectionAge must be",
                "attempts: 1                 | commands: {WHOOP_SLEEP: {}} | oauth.commands names a command",
                "whoop: [com.whoop.iphone    | sahha: [com.whoop.iphone    | relayedSources must be by names",
                "com.whoop.android, WHOOP]   | com.whoop.android, ' ']     | sahha.relayedSources",
                "com.whoop.android, WHOOP]   | COM.whoop.iphone]           | the same name under two sources",
                "timeout: 20ms               | timeout: 2s                 | cache.redis.timeout",
                "lookEvery: 10s              | lookEvery: 5ms              | canary.lookEvery",
                "leastRequests: 20           | leastRequests: 4            | canary.leastRequests",
                "connections: 16             | connections: 0              | cache.redis.connections",
                "staleAfter: 6h              | store: {semaphore: 0}       | whoop.store.semaphore",
                "'    order: []'             | '    order: [oura]'         | unified.preferences names a source that"
                        + " there is not, allowed are sahha, whoop",
                "'    order: []'             | '    order: sahha'          | order: must be a list of sources",
                "'    order: []'             | '    order: [sahha, sahha]' | named twice",
                "'    order: []'             | '    orders: []'            | 'orders: there is no such field, allowed"
                        + " are order, by_family, by_metric'",
                "by_family: {}               | 'by_family: {mood: [sahha]}' | 'by_family.mood: there is no such"
                        + " family, allowed are sleep, heart'",
                "by_metric: {}               | 'by_metric: {steps: [oura]}' | unified.preferences names a source that"
                        + " there is not",
                "by_metric: {}               | 'by_metric: {pulse: [sahha]}' | 'by_metric.pulse: there is no such"
                        + " metric, allowed are heart_rate.resting'"
            })
    void aSettingThatBreaksItsRule(String setting, String other, String named) throws Exception {
        String config = Files.readString(CONFIG).replace("connectTimeout: \"1\"", "connectTimeout: '1'");
        assertThat(config).contains(setting);
        Path changed = Files.writeString(folder.resolve("config.yml"), config.replace(setting, other));

        assertThat(line(changed)).contains(named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "logging",
                "bodies",
                "trustedProxies",
                "forwardedHeader",
                "limits",
                "limits.address",
                "strictTransportSecurity",
                "access",
                "commands",
                "cache",
                "cache.enabled",
                "cache.maxSize",
                "drainTime",
                "replica",
                "warmUp",
                "shedding",
                "unified",
                "unified.deadline",
                "unified.shares",
                "unified.preferences",
                "whoop.staleAfter",
                "whoop.connect.pkce",
                "whoop.connect.requireSession",
                "whoop.quota",
                "whoop.jobs.threads",
                "whoop.api",
                "sahha.outbound",
                "sahha.relayedSources",
                "whoopDatabase.maxConnectionAge",
                "whoopDatabase.jobs",
                "whoopDatabase.properties",
                "hystrix",
                "prometheus",
                "diagnostics"
            })
    void aSettingWithoutAValueIsAsIfItWereNotThere(String setting) throws Exception {
        assertThat(load(withoutValueOf(setting))).isInstanceOf(HealthConfiguration.class);
    }

    @ParameterizedTest
    @CsvSource({
        "sahha,                 sahha.clientId",
        "sahha.clientId,        sahha.clientId",
        "sahhaDatabase,         sahhaDatabase",
        "sahhaDatabase.url,     sahhaDatabase.url",
        "vault,                 vault",
        "vault.keys,            vault",
        "vault.keys.${VAULT_KEY_ID:-k1}, vault",
        "vault.currentKey,      vault",
        "publicUrl,             publicUrl"
    })
    void aSettingWithoutAValueAndADefaultIsNamed(String setting, String named) throws Exception {
        assertThat(line(withoutValueOf(setting))).contains(named);
    }

    /** Codes of members come back to this address. */
    @ParameterizedTest
    @ValueSource(
            strings = {"http://health.example.com/api/v1/whoop/callback", "https://localhost:8080/api/v1/whoop/callback"
            })
    void onlyASandboxMayHaveCodesComeBackInTheClear(String redirectUri) throws Exception {
        variables.put("WHOOP_CLIENT_ID", "whoop-client");
        variables.put("WHOOP_CLIENT_SECRET", SECRETS.get(1));
        String config = Files.readString(CONFIG)
                .replace(
                        "    publicUrl: ${PUBLIC_URL}",
                        "    publicUrl: ${PUBLIC_URL}\n    redirectUri: " + redirectUri);
        Path changed = Files.writeString(folder.resolve("config.yml"), config);

        assertThat(line(changed))
                .contains(
                        "whoop.connect.redirectUri must be the https address", "only deployment: sandbox may use http");
        variables.put("DEPLOYMENT", "sandbox");
        assertThat(load(changed)).isInstanceOf(HealthConfiguration.class);
    }

    /** The shipped file with nothing after the colon of this setting. */
    private Path withoutValueOf(String setting) throws Exception {
        List<String> lines = new ArrayList<>(Files.readAllLines(CONFIG));
        String[] names = setting.split("\\.");
        int at = 0;
        for (int depth = 0; depth < names.length; depth++) {
            String line = "  ".repeat(depth) + names[depth] + ":";
            while (!lines.get(at).startsWith(line)) {
                at++;
            }
        }
        String deeper = "  ".repeat(names.length);
        lines.set(
                at,
                lines.get(at)
                        .substring(
                                0,
                                lines.get(at).indexOf(names[names.length - 1]) + names[names.length - 1].length() + 1));
        while (at + 1 < lines.size()
                && (lines.get(at + 1).isBlank() || lines.get(at + 1).startsWith(deeper))) {
            lines.remove(at + 1);
        }
        return Files.write(folder.resolve("config.yml"), lines);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "SERVICE_KEY                   | 31-characters-are-one-too-few-- | 32 characters",
                "SERVICE_KEY                   | sandbox-key                     | sample value",
                "SAHHA_DATABASE_PASSWORD       | change-me                       | sample value",
                "WHOOP_DATABASE_PASSWORD       | change-me                       | sample value",
                "SAHHA_CLIENT_SECRET           | sandbox-sahha-secret            | sample value",
                "WHOOP_CLIENT_SECRET           | sandbox-client-secret           | sample value",
                "WHOOP_WEBHOOK_PREVIOUS_SECRET | sandbox-client-secret           | sample value",
                "SAHHA_WEBHOOK_SECRET          | sandbox-sahha-webhook-secret    | sample value",
                "VAULT_KEY | AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=            | sample value",
                "PUBLIC_URL                    | http://health.example.com       | https",
                "SAHHA_URL                     | http://api.sahha.ai             | https",
                "SAHHA_URL                     | https://localhost:9200          | another machine",
                "WHOOP_URL                     | http://127.0.0.1:9100           | another machine",
                "WHOOP_URL                     | https://[::1]:9100              | another machine"
            })
    void onlyASandboxMay(String name, String value, String rule) throws Exception {
        variables.put("WHOOP_CLIENT_ID", "whoop-client");
        variables.putIfAbsent("WHOOP_CLIENT_SECRET", SECRETS.get(1));
        variables.put(name, value);

        assertThat(lineOf("check", CONFIG.toString())).contains(name, rule, "deployment: sandbox");

        variables.put("DEPLOYMENT", "sandbox");
        assertThat(load().deployment).isEqualTo("sandbox");
    }

    @Test
    void aWhoopThatIsNotConfiguredNeedsNoTargetsOrPasswords() throws Exception {
        variables.put("WHOOP_DATABASE_PASSWORD", "change-me");
        variables.put("WHOOP_URL", "http://localhost:9100");

        assertThat(load().whoop.isConfigured()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"it's a secret", "a\n  b: [secret", "{secret: 1", "&secret *secret"})
    void noSecretIsEchoedWhateverItBreaks(String secret) {
        for (String name : List.of("SAHHA_DATABASE_PASSWORD", "SAHHA_CLIENT_SECRET", "SERVICE_KEY", "VAULT_KEY")) {
            variables.put(name, secret);
        }

        assertThat(lineOf("check", CONFIG.toString())).doesNotContain("secret", secret);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frobnicate",
                "server",
                "check nothing.yml",
                "server --bogus config.yml",
                "sahha-db",
                "sahha-db frobnicate config.yml",
                "whoop-db status --bogus config.yml",
                "rebuild-whoop --users config.yml",
                "check .."
            })
    void aCommandThatCannotBe(String command) {
        assertThat(lineOf(command.split(" "))).hasSizeLessThan(300);
    }

    @Test
    void thereMayBeAnyNumberOfMembersUnlessSaid() throws Exception {
        assertThat(load().whoop.memberLimit()).isEmpty();

        variables.put("WHOOP_MEMBER_LIMIT", "10");

        assertThat(load().whoop.memberLimit()).hasValue(10);
    }

    @Test
    void eachDatabaseHasALimitedPoolForReadersInsideItsShareAndOneForJobs() throws Exception {
        variables.put("WHOOP_DATABASE_POOL", "7");
        variables.put("WHOOP_DATABASE_JOBS_POOL", "5");

        HealthConfiguration configuration = load();

        assertThat(configuration.whoopDatabase.getMaxSize()).isEqualTo(7);
        assertThat(configuration.whoopDatabase.jobs.maxSize).isEqualTo(5);
        assertThat(configuration.whoopDatabase.longestHold()).isEqualTo(Duration.ofMillis(1900));
        assertThat(configuration.sahhaDatabase.longestHold()).isEqualTo(Duration.ofMillis(1900));
        assertThat(configuration.sahhaDatabase.jobs.statementTimeout.toSeconds())
                .isEqualTo(30);
    }

    @Test
    void threeReplicasAndAMigrationFitAServerOfAHundredConnections() throws Exception {
        HealthConfiguration configuration = load();

        assertThat(configuration.sahhaDatabase.mayOpen()).isEqualTo(14);
        assertThat(configuration.whoopDatabase.mayOpen()).isEqualTo(16);
        assertThat(new DatabaseConfiguration().mayOpen()).isLessThanOrEqualTo(15); // where config.yml says nothing
    }

    @Test
    void everyConnectionHasAnAge() throws Exception {
        assertThat(load().whoopDatabase.getMaxConnectionAge()).hasValue(io.dropwizard.util.Duration.minutes(10));
        assertThat(new DatabaseConfiguration().getMaxConnectionAge()).isPresent();
    }

    @Test
    void noConnectionIsClosedForAPauseBeforeItsAgeIsOver() throws Exception {
        assertThat(load().sahhaDatabase.getMinIdleTime()).isEqualTo(io.dropwizard.util.Duration.minutes(10));
        assertThat(load().whoopDatabase.getMinIdleTime()).isEqualTo(io.dropwizard.util.Duration.minutes(10));
        assertThat(new DatabaseConfiguration().getMinIdleTime()).isEqualTo(io.dropwizard.util.Duration.minutes(10));
    }

    @Test
    void aSectionWithoutThemHasTheShippedLimitsOfConnectionsAndLooksAtEachThatIsBorrowed() throws Exception {
        String keys = "initialSize|minSize|maxSize|checkConnectionOnBorrow|validationInterval|validationQueryTimeout";
        Path bare = Files.writeString(
                folder.resolve("config.yml"), Files.readString(CONFIG).replaceAll("(?m)^  (?:" + keys + "):.*\\R", ""));

        HealthConfiguration configuration = load(bare);

        for (DatabaseConfiguration database : List.of(configuration.sahhaDatabase, configuration.whoopDatabase)) {
            assertThat(database.getInitialSize()).isZero();
            assertThat(database.getMinSize()).isZero();
            assertThat(database.getMaxSize()).isEqualTo(8);
            assertThat(database.getCheckConnectionOnBorrow()).isTrue();
            assertThat(database.getValidationInterval()).isEqualTo(io.dropwizard.util.Duration.seconds(1));
            assertThat(database.getValidationQueryTimeout()).hasValue(io.dropwizard.util.Duration.seconds(1));
        }
    }

    @Test
    void anUnknownKeyWithoutAValue() throws Exception {
        Path other = Files.writeString(
                folder.resolve("config.yml"), Files.readString(CONFIG).replace("unified:\n", "unified:\n  dedline:\n"));

        assertThat(line(other)).contains("dedline");
    }

    @Test
    void anUnknownKey() throws Exception {
        Path other = Files.writeString(
                folder.resolve("config.yml"), Files.readString(CONFIG) + "\nunifed:\n  deadline: 5s\n");

        assertThat(line(other)).contains("unifed");
    }

    @Test
    void aFileThatIsNotThere() {
        assertThat(line(folder.resolve("nothing.yml"))).contains("nothing.yml");
    }

    @Test
    void aTakenPort() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            variables.put("PORT", Integer.toString(taken.getLocalPort()));
            variables.put("ADMIN_PORT", "0");
            variables.put("LOG_LEVEL", "OFF");

            assertThat(line(CONFIG)).contains(Integer.toString(taken.getLocalPort()));
        }
    }

    private HealthConfiguration load() throws Exception {
        return load(CONFIG);
    }

    private HealthConfiguration load(Path config) throws Exception {
        Bootstrap<HealthConfiguration> bootstrap = bootstrap();
        return bootstrap
                .getConfigurationFactoryFactory()
                .create(
                        HealthConfiguration.class,
                        bootstrap.getValidatorFactory().getValidator(),
                        bootstrap.getObjectMapper(),
                        "dw")
                .build(bootstrap.getConfigurationSourceProvider(), config.toString());
    }

    private Bootstrap<HealthConfiguration> bootstrap() {
        return bootstrap(new HealthApplication(Clock.systemUTC(), variables::get));
    }

    private static Bootstrap<HealthConfiguration> bootstrap(HealthApplication application) {
        Bootstrap<HealthConfiguration> bootstrap = new Bootstrap<>(application);
        application.addDefaultCommands(bootstrap);
        application.initialize(bootstrap);
        assertThat(bootstrap.getConfigurationSourceProvider()).isInstanceOf(SubstitutingSourceProvider.class);
        return bootstrap;
    }

    private String line(Path config) {
        return lineOf("server", config.toString());
    }

    /** What the command line says before it ends, without its last line break: one line. */
    private String lineOf(String... arguments) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        HealthApplication application = new HealthApplication(Clock.systemUTC(), variables::get);
        Optional<Throwable> end = application
                .commandLine(bootstrap(application))
                .run(System.out, new PrintStream(err, true, StandardCharsets.UTF_8), arguments);
        assertThat(end).isPresent();
        String said = err.toString(StandardCharsets.UTF_8).strip();
        assertThat(said).isNotEmpty().doesNotContain("\n").doesNotContain("Exception");
        return said;
    }
}
