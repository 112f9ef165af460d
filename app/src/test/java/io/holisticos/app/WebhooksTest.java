package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.sahha.SahhaEvent;
import io.holisticos.twins.whoop.EditKind;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both webhooks over HTTP: what is acknowledged lies in the database, what is refused lies nowhere. */
class WebhooksTest {

    private static final String ANNA = "demo-anna";
    private static final String WHOOP_SECRET = "sandbox-client-secret";
    private static final String JSON = "application/json";
    private static final String SLEEP = "ecfc6a15-4661-442f-a9a4-f160dd7afae8";
    private static final String NO_EVENT = "{\"type\":\"sleep.updated\"}";

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        house.connect(ANNA);
        assertThat(house.get("/api/v1/health-metrics/overview?profile_id=" + ANNA)
                        .statusCode())
                .isEqualTo(200); // Sahha's rows are held from here on
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    /** A delivery and the status it must have; {@code signature} as sent. */
    private record Refused(String what, String path, Map<String, String> headers, byte[] body, int status) {
        @Override
        public String toString() {
            return path + ' ' + what + " → " + status;
        }
    }

    static List<Refused> refused() {
        List<Refused> all = new ArrayList<>();
        byte[] good = whoopBody("sleep.updated", "refused");
        String now = Long.toString(house.clock().instant().toEpochMilli());
        long minutes76 = house.clock().instant().minus(Duration.ofMinutes(76)).toEpochMilli();
        String old = Long.toString(minutes76);
        String whoop = "/webhooks/whoop";
        all.add(new Refused("no signature", whoop, Map.of("Content-Type", JSON), good, 401));
        all.add(new Refused("another's signature", whoop, whoopHeaders("another secret", now, good), good, 401));
        all.add(new Refused(
                "a signature of another body",
                whoop,
                whoopHeaders(WHOOP_SECRET, now, whoopBody("sleep.updated", "other")),
                good,
                401));
        all.add(new Refused("an old signature", whoop, whoopHeaders(WHOOP_SECRET, old, good), good, 401));
        all.add(new Refused("a time that is none", whoop, whoopHeaders(WHOOP_SECRET, "soon", good), good, 401));
        for (String garbage : List.of("", "not json", "[]", NO_EVENT, "[".repeat(5_000), "\u0000")) {
            byte[] body = garbage.getBytes(StandardCharsets.UTF_8);
            String shown = garbage.substring(0, Math.min(10, garbage.length()));
            all.add(new Refused("garbage " + shown, whoop, whoopHeaders(WHOOP_SECRET, now, body), body, 400));
            Map<String, String> signed = sahhaHeaders("ScoreCreatedIntegrationEvent", body);
            all.add(new Refused("garbage " + shown, "/webhooks/sahha", signed, body, 400));
        }
        for (String unheld : List.of("a\\u0000b", "a\\ud800b")) {
            byte[] event = new String(good, StandardCharsets.UTF_8)
                    .replace("sleep.updated", unheld)
                    .getBytes(StandardCharsets.UTF_8);
            all.add(new Refused("what cannot be held", whoop, whoopHeaders(WHOOP_SECRET, now, event), event, 400));
            byte[] ofNobody = sahhaBody(unheld, "refused");
            Map<String, String> signed = sahhaHeaders("ScoreCreatedIntegrationEvent", ofNobody);
            all.add(new Refused("what cannot be held", "/webhooks/sahha", signed, ofNobody, 400));
        }
        byte[] large = new byte[64 * 1024 + 1];
        byte[] huge = new byte[7 * 1024 * 1024];
        for (String path : List.of(whoop, "/webhooks/sahha")) {
            all.add(new Refused("one byte too much", path, Map.of("Content-Type", JSON), large, 413));
            all.add(new Refused("seven megabytes", path, Map.of("Content-Type", JSON), huge, 413));
            all.add(new Refused("no type", path, Map.of(), good, 415));
            for (String type :
                    List.of("text/plain", "application/x-www-form-urlencoded", "application/xml", "nonsense")) {
                all.add(new Refused(type, path, Map.of("Content-Type", type), good, 415));
            }
            all.add(new Refused("seven megabytes of text", path, Map.of("Content-Type", "text/plain"), huge, 415));
        }
        byte[] score = sahhaBody(ANNA, "refused");
        Map<String, String> unsigned = Map.of("Content-Type", JSON, "X-Event-Type", "ScoreCreatedIntegrationEvent");
        all.add(new Refused("no signature", "/webhooks/sahha", unsigned, score, 401));
        all.add(new Refused(
                "a signature of another body",
                "/webhooks/sahha",
                sahhaHeaders("ScoreCreatedIntegrationEvent", sahhaBody(ANNA, "other")),
                score,
                401));
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void refused(Refused refused) {
        Map<String, Long> before = inboxes();
        long countedBefore = counted(refused.path());

        HttpResponse<String> answer = post(refused.path(), refused.headers(), refused.body());

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(refused.status());
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/problem+json");
        JsonNode problem = house.jsonOf(answer);
        assertThat(problem.fieldNames())
                .toIterable()
                .containsExactly("type", "title", "status", "detail", "instance", "code");
        assertThat(problem.path("instance").asText()).isEqualTo(refused.path());
        assertThat(problem.path("detail").asText())
                .isEqualTo(problem.path("title").asText());
        assertThat(inboxes()).isEqualTo(before);
        assertThat(counted(refused.path())).isEqualTo(countedBefore + 1);
    }

    /** Space before and after an event is no part of it, and yet signed with it. */
    @ParameterizedTest
    @ValueSource(strings = {"%s\n", "%s \r\n", " %s", "\t%s\t"})
    void aSignatureIsOverEveryByteThatWasSent(String around) {
        byte[] whoop = whoopBody("sleep.updated", "bytes" + around.length() + (int) around.charAt(0));
        byte[] spacedWhoop = spaced(around, whoop);
        byte[] sahha = sahhaBody(ANNA, "bytes" + around.length() + (int) around.charAt(0));
        byte[] spacedSahha = spaced(around, sahha);
        String now = Long.toString(house.clock().instant().toEpochMilli());
        String type = "ScoreCreatedIntegrationEvent";

        assertThat(post("/webhooks/whoop", whoopHeaders(WHOOP_SECRET, now, whoop), spacedWhoop)
                        .statusCode())
                .isEqualTo(401);
        assertThat(post("/webhooks/whoop", whoopHeaders(WHOOP_SECRET, now, spacedWhoop), whoop)
                        .statusCode())
                .isEqualTo(401);
        assertThat(post("/webhooks/whoop", whoopHeaders(WHOOP_SECRET, now, spacedWhoop), spacedWhoop)
                        .statusCode())
                .isEqualTo(204);
        assertThat(post("/webhooks/sahha", sahhaHeaders(type, sahha), spacedSahha)
                        .statusCode())
                .isEqualTo(401);
        assertThat(post("/webhooks/sahha", sahhaHeaders(type, spacedSahha), sahha)
                        .statusCode())
                .isEqualTo(401);
        assertThat(post("/webhooks/sahha", sahhaHeaders(type, spacedSahha), spacedSahha)
                        .statusCode())
                .isEqualTo(204);
    }

    @Test
    void anEventOfAMemberIsStoredOnceAndListedAsAChange() {
        byte[] body = whoopBody("workout.updated", "stored");

        assertThat(whoop(body).statusCode()).isEqualTo(204);
        assertThat(whoop(body).statusCode()).isEqualTo(204);

        assertThat(count(house.whoopDatabase(), "whoop_inbox where trace_id = 'stored' and user_id = 'demo-anna'"))
                .isOne();
        assertThat(count(
                        house.whoopDatabase(),
                        "whoop_change c join whoop_inbox i on i.record_id = cast(c.record_id as text)"
                                + " where i.trace_id = 'stored' and c.collection = 'workout'"
                                + " and c.user_id = 'demo-anna'"))
                .isOne();
    }

    @Test
    void eventsAreStoredWhileWhoopIsSwitchedOff() {
        flag("{\"enabled\":false}");
        try {
            assertThat(whoop(whoopBody("sleep.updated", "switched-off")).statusCode())
                    .isEqualTo(204);
        } finally {
            flag("{\"enabled\":true}");
        }

        assertThat(count(house.whoopDatabase(), "whoop_inbox where trace_id = 'switched-off'"))
                .isOne();
    }

    @Test
    void whatTheTwinDeliversIsReadFromIt() {
        String person = ANNA;
        house.whoop().register(house.whoop().app().withWebhookUrls(List.of(house.uri("/webhooks/whoop"))));
        try {
            house.whoop().edit(person, EditKind.ADD_WORKOUT);
            house.clock().advance(Duration.ofMinutes(1));
            house.whoop().pump();
        } finally {
            house.whoop().register(house.whoop().app().withWebhookUrls(List.of()));
        }

        assertThat(house.whoop().webhookStats().get("delivered"))
                .isEqualTo(house.whoop().webhookStats().get("sent"));
        assertThat(count(
                        house.whoopDatabase(),
                        "whoop_inbox where type = 'workout.updated' and outcome = 'noted' and trace_id <> 'stored'"))
                .isPositive();
    }

    @Test
    void eventsOfStrangersWait() {
        byte[] body = ("{\"user_id\":1,\"id\":\"" + SLEEP + "\",\"type\":\"sleep.updated\",\"trace_id\":\"stranger\"}")
                .getBytes(StandardCharsets.UTF_8);

        assertThat(whoop(body).statusCode()).isEqualTo(204);

        assertThat(count(house.whoopDatabase(), "whoop_inbox where trace_id = 'stranger' and outcome = 'parked'"))
                .isOne();
    }

    @Test
    void anEventOfSahhaIsStoredOnceAndItsRowsAreReadAgain() {
        byte[] body = sahhaBody(ANNA, "stored");
        Map<String, String> headers = sahhaHeaders("ScoreCreatedIntegrationEvent", body);
        String stored = "sahha_inbox where profile_id = 'demo-anna' and kind = 'scores'";
        long before = count(house.sahhaDatabase(), stored);

        assertThat(post("/webhooks/sahha", headers, body).statusCode()).isEqualTo(204);
        assertThat(post("/webhooks/sahha", headers, body).statusCode()).isEqualTo(204);

        assertThat(count(house.sahhaDatabase(), stored)).isEqualTo(before + 1);
        house.clock().advance(Duration.ofSeconds(11));
        House.await(() -> count(house.sahhaDatabase(), "sahha_inbox where kind = 'scores' and done_at is null") == 0);
        Instant told = instant("select max(received_at) from sahha_inbox where kind = 'scores'");
        Instant read = instant(
                "select refreshed_at from sahha_refresh where profile_id = 'demo-anna' and kind = 'scores' and span = 'recent'");
        assertThat(read).isAfterOrEqualTo(told);
    }

    @Test
    void operatorsReadTheQuotaOnTheAdminPort() {
        JsonNode quota = house.jsonOf(house.admin("GET", "/quota", ""));

        assertThat(quota.path("minute").path("most").asInt()).isEqualTo(98);
        assertThat(quota.path("day").path("used").asInt()).isPositive();
        assertThat(quota.path("lanes").fieldNames())
                .toIterable()
                .containsExactly("interactive", "webhook", "reconcile", "backfill");
        assertThat(quota.path("forecast").asText()).startsWith("at this rate the day");
        assertThat(quota.path("members").asInt()).isOne();
        assertThat(house.admin("GET", "/metrics", "").body()).contains("whoop.quota.lane.webhook.borrowed");
    }

    private static HttpResponse<String> whoop(byte[] body) {
        String now = Long.toString(house.clock().instant().toEpochMilli());
        return post("/webhooks/whoop", whoopHeaders(WHOOP_SECRET, now, body), body);
    }

    private static HttpResponse<String> post(String path, Map<String, String> headers, byte[] body) {
        HttpRequest.Builder request = house.request(path).POST(BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        return house.exchange(request);
    }

    private static byte[] whoopBody(String type, String trace) {
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        return ("{\"user_id\":" + account + ",\"id\":\""
                        + UUID.nameUUIDFromBytes(trace.getBytes(StandardCharsets.UTF_8)) + "\",\"type\":\"" + type
                        + "\",\"trace_id\":\"" + trace + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] spaced(String around, byte[] body) {
        return around.replace("%s", new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> whoopHeaders(String secret, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update(timestamp.getBytes(StandardCharsets.UTF_8));
            return Map.of(
                    "Content-Type",
                    JSON,
                    "X-WHOOP-Signature",
                    Base64.getEncoder().encodeToString(mac.doFinal(body)),
                    "X-WHOOP-Signature-Timestamp",
                    timestamp);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sahhaBody(String who, String id) {
        return ("{\"id\":\"" + id + "\",\"externalId\":\"" + who + "\",\"type\":\"sleep\",\"score\":0.5}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static Map<String, String> sahhaHeaders(String type, byte[] body) {
        String signature = SahhaEvent.sign(House.SAHHA_WEBHOOK_SECRET, new String(body, StandardCharsets.UTF_8));
        return Map.of("Content-Type", JSON, "X-Event-Type", type, "X-Signature", signature);
    }

    private static void flag(String state) {
        assertThat(house.admin("PUT", "/flags/WHOOP_INTEGRATION", state, "X-API-Key", House.KEY, "Content-Type", JSON)
                        .statusCode())
                .isEqualTo(200);
    }

    private static Map<String, Long> inboxes() {
        return Map.of(
                "whoop",
                count(house.whoopDatabase(), "whoop_inbox"),
                "sahha",
                count(house.sahhaDatabase(), "sahha_inbox"),
                "changes",
                count(house.whoopDatabase(), "whoop_change"));
    }

    /** All refusals of a door together. */
    private static long counted(String path) {
        String provider = URI.create(path).getPath().substring("/webhooks/".length());
        JsonNode counters = house.jsonOf(house.admin("GET", "/metrics", "")).path("counters");
        return Stream.of("wrong_content_type", "too_large", "bad_signature", "bad_age", "garbage")
                .mapToLong(outcome -> counters.path("webhook." + provider + '.' + outcome)
                        .path("count")
                        .asLong())
                .sum();
    }

    private static long count(TestDatabase database, String tableAndCondition) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from " + tableAndCondition)
                        .mapTo(Long.class)
                        .one());
    }

    private static Instant instant(String sql) {
        return house.sahhaDatabase()
                .jdbi()
                .withHandle(
                        handle -> handle.createQuery(sql).mapTo(Instant.class).one());
    }
}
