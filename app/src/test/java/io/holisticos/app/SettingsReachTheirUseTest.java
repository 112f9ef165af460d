package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service with other settings than the shipped ones: each is seen where it is for, and nowhere else. */
class SettingsReachTheirUseTest {

    private static final String SECRET_OF_NOBODY = "a secret that stands nowhere";
    private static final String CLIENT_SECRET = "sandbox-client-secret";

    private static ScriptedHouse house;
    private static long account = 4_711;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.openConfigured(
                Map.of(
                        "SAHHA_WEBHOOK_PREVIOUS_SECRET", "sahha-previous",
                        "WHOOP_WEBHOOK_SECRET", "whoop-present",
                        "WHOOP_WEBHOOK_PREVIOUS_SECRET", "whoop-previous"),
                yaml -> yaml.replace("outbound:\n    requestTimeout: 5s", "outbound:\n    requestTimeout: 4s")
                        .replace("oauth:\n    requestTimeout: 10s", "oauth:\n    requestTimeout: 6s")
                        .replace("api:\n    requestTimeout: 10s", "api:\n    requestTimeout: 7s")
                        .replace("staleAfter: 6h", "staleAfter: 1h")
                        .replace("perMinute: 100", "perMinute: 50")
                        .replace("perDay: 10000", "perDay: 5000"));
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @CsvSource({
        "SAHHA_TOKEN,   4000",
        "SAHHA_PROFILE, 4000",
        "WHOOP_TOKEN,   6000",
        "WHOOP_SLEEP,   7000",
        "WHOOP_PROFILE, 7000"
    })
    void everyCallHasTheTimeOfItsSection(String command, int millis) {
        JsonNode gauge = metrics("gauges", command + ".propertyValue_executionTimeoutInMilliseconds");

        assertThat(gauge.path("value").asInt()).isEqualTo(millis);
    }

    @Test
    void theDataApiAndTheTokenEndpointHaveAClientEach() throws Exception {
        house.connectAndSync(newMember(), account++);

        assertThat(metrics("timers", ".whoop.get-requests").path("count").asInt())
                .isPositive();
        assertThat(metrics("timers", ".whoop-oauth.post-requests").path("count").asInt())
                .isPositive();
        assertThat(metrics("timers", ".whoop.post-requests").isMissingNode()).isTrue();
        assertThat(metrics("timers", ".whoop-oauth.get-requests").isMissingNode())
                .isTrue();
    }

    @Test
    void aCodeIsSentOnceAsTheTokenEndpointsSectionSays() throws Exception {
        long before = house.whoop().codesAsked();
        house.whoop().answerNextCode(Reply.status(503));

        house.connect(newMember(), account++);

        assertThat(house.whoop().codesAsked()).isEqualTo(before + 1);
    }

    @Test
    void theQuotaIsWhatIsSetLessItsReserve() {
        JsonNode quota = house.app().jsonOf(house.app().admin("GET", "/quota", ""));

        assertThat(quota.path("minute").path("most").asInt()).isEqualTo(49);
        assertThat(quota.path("day").path("most").asInt()).isEqualTo(4_900);
    }

    @ParameterizedTest
    @CsvSource({
        "whoop-present, 204",
        "whoop-previous, 204",
        CLIENT_SECRET + ", 401", // another one is set
        SECRET_OF_NOBODY + ", 401"
    })
    void eventsOfWhoopAreSignedWithASecretThatIsSet(String secret, int status) {
        Signed event = Signed.whoopSleep(1, secret, house.clock().instant(), secret);

        assertThat(deliver("/webhooks/whoop", event)).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({RunningApp.SAHHA_WEBHOOK_SECRET + ", 204", "sahha-previous, 204", SECRET_OF_NOBODY + ", 401"})
    void eventsOfSahhaAreSignedWithASecretThatIsSet(String secret, int status) {
        assertThat(deliver("/webhooks/sahha", Signed.sahhaScore("signed-" + secret.length(), secret, secret)))
                .isEqualTo(status);
    }

    @Test
    void recordsAreStaleAfterTheTimeThatIsSet() throws Exception {
        String member = newMember();
        house.connectAndSync(member, account++);
        house.whoop().server().on(ScriptedWhoop.CYCLES, Reply.status(503)); // nothing newer comes meanwhile
        try {
            house.clock().advance(Duration.ofMinutes(50));
            assertThat(statusOfWhoop(member)).isEqualTo("ok");

            house.clock().advance(Duration.ofMinutes(20));

            assertThat(statusOfWhoop(member)).isEqualTo("stale");
        } finally {
            house.whoop().has(ScriptedWhoop.CYCLES);
        }
    }

    @Test
    void anEventOfAStrangerIsTheirsOnceTheyConnect() throws Exception {
        String member = newMember();
        Signed early = Signed.whoopSleep(account, "early", house.clock().instant(), "whoop-present");
        assertThat(deliver("/webhooks/whoop", early)).isEqualTo(204);
        assertThat(ownersOf("early")).containsExactly("nobody parked");

        house.connect(member, account++);

        RunningApp.await(() -> ownersOf("early").equals(List.of(member + " noted")));
    }

    private static String newMember() {
        return "set-" + account;
    }

    private static List<String> ownersOf(String trace) {
        return house.app()
                .whoopDatabase
                .jdbi()
                .withHandle(handle -> handle.createQuery("select coalesce(user_id, 'nobody') || ' ' || outcome"
                                + " from whoop_inbox where trace_id = :trace")
                        .bind("trace", trace)
                        .mapTo(String.class)
                        .list());
    }

    private static String statusOfWhoop(String member) {
        JsonNode overview = house.json("/api/v1/unified-health/overview/" + member);
        return overview.path("sources").path(1).path("status").asText();
    }

    /** The one whose name ends so; missing when there is none. */
    private static JsonNode metrics(String kind, String ending) {
        JsonNode all =
                house.app().jsonOf(house.app().admin("GET", "/metrics", "")).path(kind);
        List<String> names = new ArrayList<>();
        all.fieldNames().forEachRemaining(names::add);
        return names.stream()
                .filter(name -> name.endsWith(ending))
                .findFirst()
                .map(all::path)
                .orElseGet(() -> all.path("none"));
    }

    private static int deliver(String path, Signed event) {
        HttpRequest.Builder request = house.app().request(path).POST(BodyPublishers.ofString(event.body()));
        event.headers().forEach(request::header);
        return house.app().exchange(request).statusCode();
    }
}
