package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.JavaProcess;
import io.holisticos.testing.TestDatabase;
import java.time.Duration;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** {@code rebuild-whoop}, as an operator runs it. */
class RebuildWhoopTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void whatAMembersSyncWroteIsDerivedAgain() throws Exception {
        House house = House.open();
        try {
            house.connect("demo-anna");
            Jdbi database = house.whoopDatabase().jdbi();
            House.await(() -> count(database, "whoop_sync where state = 'done'") > 0);
        } finally {
            house.close();
        }
        Jdbi whoop = house.whoopDatabase().jdbi();
        int cycles = update(whoop, "update whoop_cycle set strain = 1.5, score_state = 'spoiled'");
        assertThat(cycles).isPositive();
        String url = house.whoopDatabase().url();

        Ended damaged = run(url, "rebuild-whoop", "config.yml", "--user", "demo-anna");
        Ended again = run(url, "rebuild-whoop", "config.yml");
        Ended unknown = run(url, "rebuild-whoop", "config.yml", "--user", "nobody");

        assertThat(damaged.status()).as(damaged.said()).isZero();
        assertThat(damaged.said())
                .contains("cycle: " + cycles + " held, " + cycles + " changed, 0 without payload, 0 unreadable")
                .contains("sleep: ", "profile: 1 held, 0 changed", "total: ", " records/s");
        assertThat(again.status()).as(again.said()).isZero();
        assertThat(again.said()).contains("cycle: " + cycles + " held, 0 changed, 0 without payload, 0 unreadable");
        assertThat(unknown.status()).isEqualTo(1);
        assertThat(unknown.said()).contains("nothing of WHOOP is held of this user: check --user");

        update(whoop, "update whoop_archive set payload_sealed = 'torn' where collection = 'profile'");
        Ended torn = run(url, "rebuild-whoop", "config.yml");
        assertThat(torn.status()).isEqualTo(1);
        assertThat(torn.said())
                .contains("profile: 0 held, 0 changed, 0 without payload, 1 unreadable")
                .contains("some payloads cannot be read")
                .doesNotContain("demo-anna");
    }

    @Test
    void whatAnOperatorCanMendIsOneLine() {
        String nowhere = "jdbc:postgresql://localhost:1/none";
        String empty = TestDatabase.empty().url();

        Ended unreachable = run(nowhere, "rebuild-whoop", "config.yml");
        Ended notMigrated = run(empty, "rebuild-whoop", "config.yml");
        Ended noUser = run(empty, "rebuild-whoop", "config.yml", "--user", " ");
        Ended help = run(empty, "rebuild-whoop", "--help");

        assertThat(unreachable.status()).isEqualTo(1);
        assertThat(unreachable.said())
                .contains("WHOOP's database cannot be used", "WHOOP_DATABASE_URL")
                .doesNotContain(" at io.holisticos");
        assertThat(notMigrated.status()).isEqualTo(1);
        assertThat(notMigrated.said())
                .contains("run sahha-db migrate and whoop-db migrate")
                .doesNotContain(" at io.holisticos");
        assertThat(noUser.status()).isEqualTo(2);
        assertThat(noUser.said()).contains("--user: user_id must have 1 to 100 characters");
        assertThat(help.status()).isZero();
        assertThat(help.said()).contains("--user ID", "Derives the columns", "May run while the service runs");
    }

    @Test
    void interruptedItEndsThePageUnderWayAndSaysSo() {
        TestDatabase database = TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG);
        Jdbi whoop = database.jdbi();
        try (Service service = service(database.url());
                Handle blocking = whoop.open()) {
            blocking.begin();
            blocking.execute("lock table whoop_cycle in access exclusive mode");
            JavaProcess process = service.run("rebuild-whoop", "config.yml");
            Service.await("the rebuild waiting for the table", () -> count(whoop, "pg_locks where not granted") > 0);
            process.terminate();
            process.awaitLine(line -> line.startsWith("interrupted"), PATIENCE);
            blocking.rollback();
            Ended ended = ended(process);

            assertThat(ended.status()).isEqualTo(128 + 15);
            assertThat(ended.said())
                    .contains("interrupted: ends with the pages under way", "what was written is kept")
                    .doesNotContain(" at io.");
        }
    }

    @Test
    void withoutWhoopItSaysWhatToSet() {
        try (Service service =
                service(TestDatabase.empty().url()).with(Map.of("WHOOP_CLIENT_ID", "", "WHOOP_CLIENT_SECRET", ""))) {
            Ended ended = ended(service.run("rebuild-whoop", "config.yml"));

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.said()).contains("set WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET");
        }
    }

    private record Ended(int status, String said) {}

    private static Ended run(String whoopDatabase, String... arguments) {
        try (Service service = service(whoopDatabase)) {
            return ended(service.run(arguments));
        }
    }

    private static Ended ended(JavaProcess process) {
        try (process) {
            return new Ended(process.exitStatus(PATIENCE), process.everything().replaceAll("\\s+", " "));
        }
    }

    private static Service service(String whoopDatabase) {
        return new Service("jdbc:postgresql://localhost:1/none", whoopDatabase)
                .withSources("http://localhost:1", "http://localhost:1");
    }

    private static int count(Jdbi jdbi, String what) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + what)
                .mapTo(Integer.class)
                .one());
    }

    private static int update(Jdbi jdbi, String sql) {
        return jdbi.withHandle(handle -> handle.createUpdate(sql).execute());
    }
}
