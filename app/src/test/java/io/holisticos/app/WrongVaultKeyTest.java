package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.JavaProcess;
import io.holisticos.testing.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Another {@code VAULT_KEY} on a live database, and what becomes of the connections there. */
class WrongVaultKeyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String ANOTHER_KEY =
            Base64.getEncoder().encodeToString("another 32 bytes, another vault!".getBytes(StandardCharsets.UTF_8));

    @Test
    void withTheDatabaseThereTheStartEndsWithOneLineThatSaysWhatToDo() throws Exception {
        TestDatabase whoop;
        TestDatabase sahha;
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.connectAndSync("olga", 4711);
            whoop = house.app().whoopDatabase;
            sahha = house.app().sahhaDatabase;
        }
        whoop.jdbi().useHandle(handle -> handle.execute("delete from vault_canary")); // as the version before left it

        try (Service service = service(sahha.url(), whoop.url()).with(Map.of("VAULT_KEY", ANOTHER_KEY))) {
            Ended ended = ended(service.run("server", "config.yml"));

            assertThat(ended.status()).isEqualTo(1);
            assertThat(ended.said())
                    .contains("vault.keys.k1 (VAULT_KEY) is not the key that WHOOP's database was sealed with")
                    .containsOnlyOnce("1 of 1 keys of members do not open")
                    .doesNotContain(" at io.holisticos");
        }
        assertThat(states(whoop.jdbi())).containsExactly("active");
        assertThat(count(whoop.jdbi(), "vault_canary")).isZero();
    }

    @Test
    void withTheDatabaseAwayAtTheStartWhatNeedsTheVaultWaitsAndNoConnectionChanges() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            house.connectAndSync("olga", 4711);
            URI database = URI.create(house.app().whoopDatabase.url().substring("jdbc:".length()));
            int port = database.getPort();
            Detour detour = Detour.to(port);
            String url = house.app().whoopDatabase.url();
            try (detour) {
                detour.close();
                house.app()
                        .with(Map.of(
                                "VAULT_KEY",
                                ANOTHER_KEY,
                                "WHOOP_DATABASE_URL",
                                url.replace(":" + port + "/", ":" + detour.port() + "/")));
                house.app().restart();
                detour.open();
                house.clock().advance(Duration.ofHours(2)); // every token has to be refreshed
                RunningApp.await(() -> house.json("/api/v1/unified-health/health/whoop")
                        .path("database")
                        .asText()
                        .equals("ok"));

                HttpResponse<String> valid = house.app().send("POST", "/internal/oauth/validate/olga", "");
                HttpResponse<String> webhook = house.app().exchange(sleepUpdated(house, 4711));

                assertThat(valid.statusCode()).isEqualTo(503);
                assertThat(webhook.statusCode()).isEqualTo(503);
                assertThat(webhook.headers().firstValue("Retry-After")).isPresent();
                assertThat(house.json("/api/v1/unified-health/health/whoop")
                                .path("vault")
                                .asText())
                        .isEqualTo("degraded");
                assertThat(house.app().admin("GET", "/healthcheck", "").body())
                        .contains("is not the key that WHOOP's database was sealed with");
                assertThat(states(house.app().whoopDatabase.jdbi())).containsExactly("active");

                house.app().with(Map.of("VAULT_KEY", Base64.getEncoder().encodeToString(new byte[32])));
                house.app().restart();

                assertThat(house.app()
                                .send("POST", "/internal/oauth/validate/olga", "")
                                .body())
                        .contains("\"valid\":true");
                assertThat(house.app().exchange(sleepUpdated(house, 4711)).statusCode())
                        .isBetween(200, 299);
            }
        }
    }

    @Test
    void connectionsThatAnythingButWhoopEndedComeBackByOneCommand() throws Exception {
        Jdbi whoop;
        String url;
        try (ScriptedHouse house = ScriptedHouse.open()) {
            for (int i = 1; i <= 4; i++) {
                house.connectAndSync("member-" + i, 4710 + i);
            }
            whoop = house.app().whoopDatabase.jdbi();
            url = house.app().whoopDatabase.url();
        }
        end(whoop, "member-1", "refused_by_data_api");
        end(whoop, "member-2", "refused_by_data_api");
        end(whoop, "member-3", "refresh_refused_invalid_grant");
        run(whoop, "update whoop_member_sync set stopped_at = connected_at where user_id <> 'member-4'");

        Ended wrongKey = command(url, Map.of("VAULT_KEY", ANOTHER_KEY), "reactivate-connections", "config.yml");
        Ended dry = command(url, Map.of(), "reactivate-connections", "config.yml", "--dry-run");
        assertThat(states(whoop)).filteredOn("active"::equals).hasSize(1);
        Ended one = command(url, Map.of(), "reactivate-connections", "config.yml", "--user", "member-1");
        Ended all = command(url, Map.of(), "reactivate-connections", "config.yml");
        Ended again = command(url, Map.of(), "reactivate-connections", "config.yml");
        Ended unknown = command(url, Map.of(), "reactivate-connections", "config.yml", "--user", "nobody");
        Ended help = command(url, Map.of(), "reactivate-connections", "--help");

        assertThat(wrongKey.status()).isEqualTo(1);
        assertThat(wrongKey.said()).contains("is not the key that WHOOP's database was sealed with");
        assertThat(dry.status()).as(dry.said()).isZero();
        assertThat(dry.said())
                .contains("before: 4 (active 1, reauthorization_required 3)")
                .contains("would be reactivated: 2 (refused_by_data_api 2)")
                .contains("ended_by_whoop: 1 (refresh_refused_invalid_grant 1)")
                .doesNotContain("after:");
        assertThat(one.said()).contains("reactivated: 1 (refused_by_data_api 1)", "after: 1 (active 1)");
        assertThat(all.status()).as(all.said()).isZero();
        assertThat(all.said())
                .contains("reactivated: 1 (refused_by_data_api 1)")
                .contains("after: 4 (active 3, reauthorization_required 1)")
                .doesNotContain("member-");
        assertThat(again.status()).isZero();
        assertThat(again.said()).contains("reactivated: 0", "after: 4 (active 3, reauthorization_required 1)");
        assertThat(unknown.status()).isEqualTo(1);
        assertThat(unknown.said()).contains("this user has no connection to WHOOP: check --user");
        assertThat(help.status()).isZero();
        assertThat(help.said()).contains("--user ID", "--dry-run", "WHOOP is not called");
        assertThat(count(whoop, "whoop_connection_history where reason = 'reactivated'"))
                .isEqualTo(2);
        assertThat(count(
                        whoop,
                        "scheduled_tasks where task_name = 'whoop-sweep' and execution_time > '2026-11-23T00:00:00Z'"))
                .as("the sweep is due now, by the clock of the command")
                .isEqualTo(1);
    }

    /** As WHOOP tells of a night. */
    private static HttpRequest.Builder sleepUpdated(ScriptedHouse house, long account) throws Exception {
        byte[] body = ("{\"user_id\":" + account + ",\"id\":\"" + UUID.randomUUID()
                        + "\",\"type\":\"sleep.updated\",\"trace_id\":\"" + UUID.randomUUID() + "\"}")
                .getBytes(StandardCharsets.UTF_8);
        String timestamp = Long.toString(house.clock().instant().toEpochMilli());
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("sandbox-client-secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update(timestamp.getBytes(StandardCharsets.UTF_8));
        return house.app()
                .request("/webhooks/whoop")
                .header("Content-Type", "application/json")
                .header("X-WHOOP-Signature", Base64.getEncoder().encodeToString(mac.doFinal(body)))
                .header("X-WHOOP-Signature-Timestamp", timestamp)
                .POST(BodyPublishers.ofByteArray(body));
    }

    private static void end(Jdbi whoop, String who, String reason) {
        run(whoop, "update whoop_connection set state = 'reauthorization_required' where user_id = '" + who + "'");
        run(
                whoop,
                "insert into whoop_connection_history"
                        + " (user_id, whoop_user_id, state, scopes, token_version, reason, recorded_at)"
                        + " select user_id, whoop_user_id, state, scopes, token_version, '" + reason
                        + "', recorded_at from whoop_connection where user_id = '" + who + "'");
    }

    private static List<String> states(Jdbi whoop) {
        return whoop.withHandle(handle -> handle.createQuery("select state from whoop_connection order by user_id")
                .mapTo(String.class)
                .list());
    }

    private record Ended(int status, String said) {}

    private static Ended command(String whoopDatabase, Map<String, String> variables, String... arguments) {
        try (Service service =
                service("jdbc:postgresql://localhost:1/none", whoopDatabase).with(variables)) {
            return ended(service.run(arguments));
        }
    }

    private static Ended ended(JavaProcess process) {
        try (process) {
            return new Ended(process.exitStatus(PATIENCE), process.everything().replaceAll("\\s+", " "));
        }
    }

    private static Service service(String sahhaDatabase, String whoopDatabase) {
        return new Service(sahhaDatabase, whoopDatabase).withSources("http://localhost:1", "http://localhost:1");
    }

    private static int count(Jdbi jdbi, String what) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + what)
                .mapTo(Integer.class)
                .one());
    }

    private static void run(Jdbi jdbi, String sql) {
        jdbi.useHandle(handle -> handle.execute(sql));
    }
}
