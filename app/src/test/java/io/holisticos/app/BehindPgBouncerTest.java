package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.database.ConnectionCheck;
import io.holisticos.testing.LogLines;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.tomcat.jdbc.pool.PooledConnection;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;

/** Both databases by way of PgBouncer in transaction mode: each transaction may reach another session of the server. */
@Tag("deep")
class BehindPgBouncerTest {

    private static final String ANNA = "demo-anna";
    private static final String UNIFIED = "/api/v1/unified-health/overview/" + ANNA;
    private static final int AT_ONCE = 12; // webhooks beyond their share are shed
    private static final int ROUNDS = 20;

    @Test
    @Timeout(300)
    void worksAndSaysWhatIsNotAsWithoutIt() throws Exception {
        assertThat(PgBouncer.isInstalled())
                .as("PgBouncer is installed (apt-get install pgbouncer)")
                .isTrue();
        try (House house = House.open()) {
            int server = URI.create(house.sahhaDatabase().url().substring("jdbc:".length()))
                    .getPort();
            try (PgBouncer pooler = new PgBouncer(server)) {
                house.restartAppWith(Map.of(
                        "SAHHA_DATABASE_URL", pooler.url(house.sahhaDatabase().url()),
                        "WHOOP_DATABASE_URL", pooler.url(house.whoopDatabase().url())));
                house.connect(ANNA); // consent, tokens, quota, jobs and the first sync

                assertThat(statusesOfManyAtOnce(house)).containsOnly(200, 204);
                aFlagActsWithinTwoSeconds(house);
                House.await(() -> house.admin("GET", "/healthcheck", "").statusCode() == 200);
                assertThat(house.admin("GET", "/metrics", "").body())
                        .contains("\"change_notices.sahha-db.listening\":{\"value\":0}");
                isTold(pooler.url(house.whoopDatabase().url()));
            }
        }
    }

    /** By so many that transactions of one connection reach several sessions of the server, again and again. */
    private static List<Integer> statusesOfManyAtOnce(House house) {
        ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        List<Thread> callers = IntStream.range(0, AT_ONCE)
                .mapToObj(caller -> new Thread(() -> {
                    for (int round = 0; round < ROUNDS; round++) {
                        String id = "event-" + caller + '-' + round;
                        statuses.add(house.get(UNIFIED).statusCode());
                        statuses.add(house.get("/api/v1/health-metrics/overview?profile_id=" + ANNA)
                                .statusCode());
                        statuses.add(post(house, "/webhooks/sahha", Signed.sahhaScore(ANNA, id)));
                        statuses.add(post(
                                house,
                                "/webhooks/whoop",
                                Signed.whoopSleep(account, id, house.clock().instant())));
                    }
                }))
                .toList();
        callers.forEach(Thread::start);
        callers.forEach(BehindPgBouncerTest::join);
        assertThat(statuses).hasSize(AT_ONCE * ROUNDS * 4);
        return List.copyOf(statuses);
    }

    /** Dropwizard's logging takes appenders of others away at each start, so this is a connection of our own. */
    private static void isTold(String url) throws SQLException {
        try (LogLines lines = LogLines.of(ConnectionCheck.class);
                Connection connection = DriverManager.getConnection(url)) {
            ConnectionCheck check = new ConnectionCheck("one", Duration.ofSeconds(30));
            assertThat(check.validate(connection, PooledConnection.VALIDATE_INIT))
                    .isTrue();
            assertThat(connection.unwrap(PGConnection.class).getPrepareThreshold())
                    .isZero();
            assertThat(lines.messages())
                    .singleElement()
                    .asString()
                    .contains("event=database_behind_pooler pool=one", "statement_timeout=not_held");
        }
    }

    private static void aFlagActsWithinTwoSeconds(House house) {
        HttpResponse<String> set =
                house.admin("PUT", "/flags/WHOOP_INTEGRATION", "{\"enabled\":false}", "X-API-Key", House.KEY);
        assertThat(set.statusCode()).isEqualTo(200);
        House.await(() -> house.get(UNIFIED).body().contains("disabled"));
        house.admin("PUT", "/flags/WHOOP_INTEGRATION", "{\"enabled\":true}", "X-API-Key", House.KEY);
    }

    private static int post(House house, String path, Signed signed) {
        HttpRequest.Builder request = house.request(path).POST(BodyPublishers.ofString(signed.body()));
        signed.headers().forEach(request::header);
        return house.exchange(request).statusCode();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
