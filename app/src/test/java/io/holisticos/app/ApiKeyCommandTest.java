package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.TestDatabase;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Caller;
import io.holisticos.web.Scope;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code apikey} and {@code access-report} as an operator meets them. */
class ApiKeyCommandTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final TestDatabase database = TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG);
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final Map<String, String> variables = new HashMap<>(Map.of(
            "DEPLOYMENT", "sandbox",
            "PUBLIC_URL", "http://localhost:8080",
            "SAHHA_DATABASE_URL", database.url(),
            "VAULT_KEY", Base64.getEncoder().encodeToString(new byte[32]),
            "SAHHA_CLIENT_ID", "client",
            "SAHHA_CLIENT_SECRET", "client-secret-text"));

    @BeforeEach
    void read() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(logged, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void leave() {
        System.setOut(out);
        System.setErr(err);
    }

    @Test
    void aKeyIsShownOnceToPeopleAndToScripts() throws Exception {
        assertThat(run("create", "--name", "dashboard", "--scopes", "health:read,metrics", "--expires", "90d"))
                .isEmpty();
        List<String> lines = lines();
        assertThat(lines).contains("name: dashboard", "scopes: health:read,metrics", "expires: 2027-02-20T10:00:00Z");
        String key = lines.stream()
                .filter(line -> line.startsWith("key: "))
                .findFirst()
                .orElseThrow()
                .substring(5);
        assertThat(caller(key).scopes()).containsExactlyInAnyOrder(Scope.HEALTH_READ, Scope.METRICS);

        JsonNode made = json("create", "--name", "prometheus", "--scopes", "metrics", "--json");
        assertThat(made.path("name").asText()).isEqualTo("prometheus");
        assertThat(made.path("expires_at").isNull()).isTrue();
        assertThat(caller(made.path("key").asText()).name()).isEqualTo("prometheus");

        JsonNode listed = json("list", "--json");
        assertThat(listed).hasSize(2);
        assertThat(listed.toString()).doesNotContain(key, made.path("key").asText());
        assertThat(logged.toString(StandardCharsets.UTF_8))
                .contains("api_key_created")
                .contains(made.path("id").asText())
                .doesNotContain(key, made.path("key").asText());
    }

    @Test
    void aRotationLetsTheFormerKeyGoOnForAWhile() throws Exception {
        JsonNode former = json("create", "--name", "app", "--scopes", "connect", "--json");
        String id = former.path("id").asText();

        JsonNode made = json("rotate", "--id", id, "--json");

        assertThat(made.path("name").asText()).isEqualTo("app");
        assertThat(made.path("former").path("expires_at").asText()).isEqualTo("2026-11-23T10:00:00Z");
        assertThat(caller(former.path("key").asText()))
                .as("but for which key it is")
                .usingRecursiveComparison()
                .ignoringFields("key")
                .isEqualTo(caller(made.path("key").asText()));
        JsonNode at = json("rotate", "--id", made.path("id").asText(), "--overlap", "0s", "--json");
        assertThat(find(made.path("key").asText())).isEmpty();
        assertThat(find(at.path("key").asText())).isPresent();
        assertThat(logged.toString(StandardCharsets.UTF_8)).contains("api_key_rotated");
    }

    @Test
    void aRevokedKeyIsListedAsSuch() throws Exception {
        JsonNode made = json("create", "--name", "app", "--scopes", "connect", "--json");

        assertThat(run("revoke", "--id", made.path("id").asText())).isEmpty();

        assertThat(lines()).containsExactly("revoked: " + made.path("id").asText() + " (app) at " + NOW);
        assertThat(find(made.path("key").asText())).isEmpty();
        assertThat(run("list")).isEmpty();
        assertThat(lines().get(1)).contains(made.path("id").asText(), "app", "connect", "revoked", "never");
        assertThat(logged.toString(StandardCharsets.UTF_8)).contains("api_key_revoked");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create --name a                                   | scopes",
                "create --name a --scopes health:write             | unknown scopes [health:write]",
                "create --name a --scopes connect --expires 1y     | --expires must be like 90d",
                "create --name a --scopes connect --expires 2026-13-01 | --expires must be like 90d",
                "create --name a --scopes connect --expires 2026-11-22 | expired already",
                "create --name a --scopes connect --expires 99999999999d | 10 years",
                "create --name a --scopes connect --expires 4000d  | 10 years",
                "create --name (member) --scopes connect           | the name must have",
                "revoke --id none                                  | apikey list",
                "rotate --id none                                  | apikey list",
                "rotate --id none --overlap soon                   | --overlap must be like",
                "steal                                             | steal"
            })
    void whatIsWrongIsSaidInOneLine(String arguments, String said) {
        assertThat(run(arguments.split(" "))).isPresent();

        assertThat(logged.toString(StandardCharsets.UTF_8).lines().toList())
                .last()
                .asString()
                .contains(said)
                .doesNotContain("Exception");
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void helpNamesTheActionsAndTheScopes() {
        assertThat(command("apikey", "--help")).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("create", "list", "revoke", "rotate", "shown once");

        assertThat(command("apikey", "create", "--help")).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("--expires", "90d", "health:read", "operator");
    }

    @Test
    void aDatabaseThatIsAwayOrNotMigratedIsNamed() {
        variables.put("SAHHA_DATABASE_URL", TestDatabase.empty().url());
        assertThat(run("list")).isPresent();
        assertThat(logged.toString(StandardCharsets.UTF_8)).contains("not migrated");

        variables.put("SAHHA_DATABASE_URL", "jdbc:postgresql://localhost:1/nowhere");
        assertThat(run("list")).isPresent();
        assertThat(logged.toString(StandardCharsets.UTF_8)).contains("SAHHA_DATABASE_URL");
    }

    @Test
    void theReportSaysWhoWouldBeRefusedAndSinceWhenThatIsCounted() throws Exception {
        variables.put("EXISTING_ROUTES_SAHHA", "open");
        assertThat(command("access-report", "../config.yml")).isEmpty();
        assertThat(lines())
                .containsExactly(
                        "health-metrics: observe",
                        "sahha: open (its callers are not counted: set observe first)",
                        "no request was observed: nothing can be said yet");
        database.jdbi().useHandle(handle -> handle.execute("""
                insert into observed_caller values
                ('2026-11-20', '/api/v1/health-metrics/sleep', 'let_in', 'all', 7, '2026-11-20T01:00Z', '2026-11-20T02:00Z'),
                ('2026-11-21', '/api/v1/health-metrics/sleep', 'without_credential', '192.0.2.0/24', 3,
                    '2026-11-21T01:00Z', '2026-11-21T02:00Z')"""));

        assertThat(command("access-report", "../config.yml")).isEmpty();

        assertThat(lines())
                .contains("since 2026-11-20T01:00:00Z: enforce would let 7 requests in, and refuse 3")
                .last()
                .asString()
                .matches("3 +/api/v1/health-metrics/sleep +without_credential +192\\.0\\.2\\.0/24 +2026-11-21T01:00:00Z"
                        + " +2026-11-21T02:00:00Z");
        assertThat(command("access-report", "../config.yml", "--json")).isEmpty();
        JsonNode report = new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
        assertThat(report.at("/modes/sahha").asText()).isEqualTo("open");
        assertThat(report.path("requests_refused").asInt()).isEqualTo(3);
        assertThat(report.at("/refused/0/address_prefix").asText()).isEqualTo("192.0.2.0/24");
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private JsonNode json(String... arguments) throws Exception {
        assertThat(run(arguments)).isEmpty();
        return new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
    }

    /** The action, then the file, then the options. */
    private Optional<Throwable> run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add(0, "apikey");
        all.add(2, "../config.yml");
        return command(all.toArray(String[]::new));
    }

    private Optional<Throwable> command(String... arguments) {
        printed.reset();
        HealthApplication app = new HealthApplication(Clock.fixed(NOW, ZoneOffset.UTC), variables::get);
        return app.endOf(arguments);
    }

    private Caller caller(String key) {
        return find(key).orElseThrow();
    }

    private Optional<Caller> find(String key) {
        return new ApiKeys(new ApiKeyStore(database.jdbi()), Clock.fixed(NOW, ZoneOffset.UTC)).authenticate(key);
    }
}
