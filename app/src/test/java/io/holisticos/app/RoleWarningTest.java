package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.LogLines;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Who starts the service in production as a superuser, or as the owner of its tables, is told what to do. */
class RoleWarningTest {

    private static final String ADVICE = "docs/postgresql-roles.md";

    private static DatabaseRoles roles;

    @BeforeAll
    static void make() throws Exception {
        roles = DatabaseRoles.made();
    }

    @Test
    void oneLineSaysThatTheRoleCanDoTooMuch() throws Exception {
        assertThat(linesOf(roles.sahha().dataSource()))
                .singleElement()
                .asString()
                .contains("event=database_role_too_powerful database=sahha-db", "a superuser", ADVICE);
        assertThat(linesOf(DatabaseRoles.source(roles.sahha(), DatabaseRoles.OWNER)))
                .singleElement()
                .asString()
                .contains("the owner of its tables", ADVICE);
    }

    @Test
    void aRoleThatOnlyReadsAndWritesRowsIsNoLine() throws Exception {
        assertThat(linesOf(DatabaseRoles.source(roles.sahha(), DatabaseRoles.RUNTIME)))
                .isEmpty();
    }

    @Test
    void aRoleThatCanBecomeTheOwnerOrMayCreateIsAsPowerful() throws Exception {
        Jdbi administrator = roles.whoop().jdbi();
        administrator.useHandle(handle -> {
            handle.execute("drop role if exists heir_of_test");
            handle.execute("create role heir_of_test login noinherit in role " + DatabaseRoles.OWNER);
            handle.execute("drop role if exists maker_of_test");
            handle.execute("create role maker_of_test login createrole");
        });

        assertThat(linesOf(DatabaseRoles.source(roles.whoop(), "heir_of_test"))).hasSize(1);
        assertThat(linesOf(DatabaseRoles.source(roles.whoop(), "maker_of_test")))
                .hasSize(1);
    }

    @Test
    void itIsSaidOnceTheDatabaseAnswers() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        PGSimpleDataSource late = new PGSimpleDataSource() {
            @Override
            public java.sql.Connection getConnection() throws java.sql.SQLException {
                if (asked.incrementAndGet() < 3) {
                    throw new java.sql.SQLException("away", "08001");
                }
                return super.getConnection();
            }
        };
        late.setUrl(roles.sahha().url());

        assertThat(linesOf(late)).hasSize(1);
    }

    @Test
    void checkSaysItOfEachDatabaseInProductionOnly() {
        Map<String, String> variables = new HashMap<>(Map.of(
                "PUBLIC_URL", "https://health.example.com",
                "SAHHA_DATABASE_URL", roles.sahha().url(),
                "WHOOP_DATABASE_URL", DatabaseRoles.url(roles.whoop(), DatabaseRoles.RUNTIME),
                "VAULT_KEY",
                        Base64.getEncoder()
                                .encodeToString("another key of thirty-two bytes.".getBytes(StandardCharsets.US_ASCII)),
                "WHOOP_CLIENT_ID", "client-of-check",
                "WHOOP_CLIENT_SECRET", "client-secret-text",
                "SAHHA_CLIENT_ID", "client-of-check",
                "SAHHA_CLIENT_SECRET", "client-secret-text"));

        assertThat(check(variables))
                .contains(
                        "the configuration is valid",
                        "sahhaDatabase: the service connects as a superuser: ",
                        ADVICE,
                        "whoopDatabase: the service connects as a role that only reads and writes rows");

        variables.put("WHOOP_DATABASE_URL", "jdbc:postgresql://localhost:1/whoop");
        assertThat(check(variables)).contains("whoopDatabase database: connection refused (08001)");

        variables.put("DEPLOYMENT", "sandbox");
        assertThat(check(variables)).contains("the configuration is valid").doesNotContain("connects as");
    }

    private static String check(Map<String, String> variables) {
        return CommandRun.of(
                        new HealthApplication(Clock.systemUTC(), variables::get),
                        "check",
                        RunningApp.SHIPPED.toString())
                .out();
    }

    private static List<String> linesOf(DataSource pool) throws Exception {
        CountDownLatch said = new CountDownLatch(1);
        RoleWarning warning = new RoleWarning("sahha-db", pool, Duration.ofMillis(1), said::countDown);
        try (LogLines lines = LogLines.of(RoleWarning.class)) {
            warning.start();
            said.await();
            return lines.messages();
        } finally {
            warning.stop();
        }
    }
}
