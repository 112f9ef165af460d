package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Bootstrap;
import io.holisticos.testing.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code sahha-db} and {@code whoop-db} as an operator meets them: their exit status, and one line for what went wrong. */
class DatabaseCommandsTest {

    private static final String CONFIG = Path.of("../config.yml").toString();

    private final TestDatabase database = TestDatabase.empty();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream before = System.out;
    private final Map<String, String> variables = new HashMap<>(Map.of(
            "DEPLOYMENT", "sandbox",
            "PUBLIC_URL", "http://localhost:8080",
            "SAHHA_DATABASE_URL", database.url(),
            "WHOOP_DATABASE_URL", database.url(),
            "VAULT_KEY", Base64.getEncoder().encodeToString(new byte[32]),
            "WHOOP_CLIENT_ID", "client",
            "WHOOP_CLIENT_SECRET", "client-secret-text",
            "SAHHA_CLIENT_ID", "client",
            "SAHHA_CLIENT_SECRET", "client-secret-text"));

    @BeforeEach
    void read() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void leave() {
        System.setOut(before);
    }

    @Test
    void statusEndsWithOneWhileThereIsSomethingToDo() {
        assertThat(failure("whoop-db", "status", CONFIG)).contains("whoop-db migrate", "have not run");

        assertThat(run("whoop-db", "migrate", CONFIG)).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("change sets have run")
                .doesNotContain("event=", "Exception", "\tat ");

        assertThat(run("whoop-db", "status", CONFIG)).isEmpty();
    }

    @Test
    void statusEndsWithOneForASingleChangeSetToo() {
        assertThat(run("whoop-db", "migrate", CONFIG)).isEmpty();
        assertThat(run("whoop-db", "rollback", "--count", "1", CONFIG)).isEmpty();

        assertThat(failure("whoop-db", "status", CONFIG)).contains("1 change sets have not run");
    }

    @Test
    void aDryRunPrintsNothingBesideItsSql() {
        assertOnlySql("migrate", "--dry-run");
        assertOnlySql("fast-forward", "--dry-run");
        assertThat(run("whoop-db", "migrate", CONFIG)).isEmpty();
        assertOnlySql("rollback", "--dry-run", "--count", "1");
    }

    private void assertOnlySql(String... arguments) {
        printed.reset();
        String[] all = Stream.of(Stream.of("whoop-db"), Stream.of(arguments), Stream.of(CONFIG))
                .flatMap(part -> part)
                .toArray(String[]::new);
        assertThat(run(all)).isEmpty();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .containsIgnoringCase("databasechangelog")
                .doesNotContain("whoop-db: ", "in all");
    }

    @Test
    void aTagThatThereIsNotIsNamed() {
        assertThat(run("whoop-db", "migrate", CONFIG)).isEmpty();

        assertThat(failure("whoop-db", "rollback", "--tag", "nope", CONFIG)).contains("nope");
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("Exception", "\tat ");
    }

    @Test
    void aLockThatNobodyReleasesIsTakenAwayByTheCommandThatIsNamed() {
        assertThat(run("whoop-db", "migrate", CONFIG)).isEmpty();
        database.jdbi()
                .useHandle(handle -> handle.execute("update databasechangeloglock set locked = true,"
                        + " lockgranted = timestamp '2026-11-28 10:00:00', lockedby = 'host-7'"));

        assertThat(failure("whoop-db", "migrate", CONFIG))
                .contains("locked", "host-7", "whoop-db locks --force-release " + CONFIG);

        assertThat(run("whoop-db", "locks", "--force-release", CONFIG)).isEmpty();
        assertThat(run("whoop-db", "migrate", CONFIG)).isEmpty();
    }

    @Test
    void aDatabaseThatCannotBeReachedSaysWhy() {
        for (String command : new String[] {"migrate", "status"}) {
            variables.put("SAHHA_DATABASE_URL", "jdbc:postgresql://localhost:1/sahha");
            assertThat(failure("sahha-db", command, CONFIG)).contains("connection refused (08001)");
            variables.put("SAHHA_DATABASE_URL", database.url().replaceAll("/[^/?]*\\?", "/no_such_database?"));
            assertThat(failure("sahha-db", command, CONFIG))
                    .contains("no such database (3D000)", "SAHHA_DATABASE_URL")
                    .doesNotContain("PASSWORD");
        }
        variables.put("WHOOP_DATABASE_URL", "jdbc:postgresql://localhost:1/whoop");
        assertThat(failure("rebuild-whoop", CONFIG)).contains("connection refused (08001)");
        assertThat(failure("reactivate-connections", CONFIG)).contains("connection refused (08001)");
        assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("Exception", "\tat ");
    }

    @Test
    void whatWorksOnRowsSaysThatTheDatabaseIsNotMigrated() {
        assertThat(failure("rebuild-whoop", CONFIG)).contains("whoop-db migrate");
        assertThat(failure("reactivate-connections", CONFIG)).contains("whoop-db migrate");
    }

    @Test
    void checkSaysItsVerdictAtAnyLogLevel() {
        variables.put("LOG_LEVEL", "OFF");
        assertThat(failure("check", CONFIG)).contains("4 of 11 checks failed");
        variables.put(
                "SAHHA_DATABASE_URL",
                TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG).url());
        variables.put(
                "WHOOP_DATABASE_URL",
                TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG).url());
        printed.reset();

        assertThat(run("check", CONFIG)).isEmpty();

        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("the configuration is valid");
    }

    @Test
    void migrationsSayInJsonWhatTheyDidAndWhatIsMissing() throws Exception {
        assertThat(failure("whoop-db", "status", CONFIG, "--json")).contains("have not run");
        JsonNode status = new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
        int missing = status.path("missing").size();
        assertThat(status.path("database").asText()).isEqualTo("whoop-db");
        assertThat(missing).isPositive();

        printed.reset();
        assertThat(run("whoop-db", "migrate", CONFIG, "--json")).isEmpty();
        JsonNode migrated = new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
        assertThat(migrated.path("action").asText()).isEqualTo("migrate");
        assertThat(migrated.path("changed").asInt()).isEqualTo(missing);
        assertThat(migrated.path("in_all").asInt()).isEqualTo(missing);
        assertThat(migrated.path("missing")).isEmpty();

        assertThat(failure("whoop-db", "migrate", "--dry-run", "--json", CONFIG))
                .contains("leave --json away");
    }

    @Test
    void locksSayInJsonWhoHoldsTheChangeLogSinceWhen() throws Exception {
        assertThat(run("whoop-db", "migrate", CONFIG)).isEmpty();
        assertThat(document("whoop-db", "locks", "--list", "--json", CONFIG).path("locks"))
                .isEmpty();
        database.jdbi()
                .useHandle(handle -> handle.execute("update databasechangeloglock set locked = true,"
                        + " lockgranted = timestamp '2026-11-28 10:00:00', lockedby = 'host-7'"));

        JsonNode held = document("whoop-db", "locks", "--list", "--json", CONFIG);
        JsonNode released = document("whoop-db", "locks", "--force-release", "--json", CONFIG);

        assertThat(held.path("database").asText()).isEqualTo("whoop-db");
        assertThat(held.path("action").asText()).isEqualTo("locks");
        assertThat(held.path("locks")).hasSize(1);
        assertThat(held.path("locks").path(0).path("by").asText()).isEqualTo("host-7");
        assertThat(held.path("locks").path(0).path("since").asText()).matches("2026-11-2[78]T\\S+Z");
        assertThat(released.path("locks")).isEmpty();
    }

    private JsonNode document(String... arguments) throws Exception {
        printed.reset();
        assertThat(run(arguments)).isEmpty();
        return new ObjectMapper().readTree(printed.toString(StandardCharsets.UTF_8));
    }

    private String failure(String... arguments) {
        Optional<String> line = run(arguments);
        assertThat(line).as(String.join(" ", arguments)).isPresent();
        assertThat(line.get()).isNotEmpty().doesNotContain("\n", "Exception", "client-secret-text");
        return line.get();
    }

    /** What it said on its way to exit status 1; empty when it went well. */
    private Optional<String> run(String... arguments) {
        HealthApplication application = new HealthApplication(Clock.systemUTC(), variables::get);
        Bootstrap<HealthConfiguration> bootstrap = new Bootstrap<>(application);
        application.addDefaultCommands(bootstrap);
        application.initialize(bootstrap);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        return application
                .commandLine(bootstrap)
                .run(System.out, new PrintStream(err, true, StandardCharsets.UTF_8), arguments)
                .map(failed -> err.toString(StandardCharsets.UTF_8).strip());
    }
}
