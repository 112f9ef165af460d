package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.UserId;
import io.holisticos.web.WebhookSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Sahha tells: believed when signed, kept once, and read again by as few calls as there are rows to be read. */
class SahhaInboxTest {

    private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");
    private static final UserId ANNA = new UserId("anna");
    private static final Jdbi JDBI = SahhaTables.migrated().jdbi();
    private static final SahhaInboxStore.Times TIMES =
            new SahhaInboxStore.Times(START, Duration.ofSeconds(10), Duration.ofMinutes(10));

    private final SahhaInboxStore store = new SahhaInboxStore(JDBI);

    @BeforeEach
    void forget() {
        JDBI.useHandle(handle -> handle.execute("truncate sahha_inbox, sahha_refresh, sahha_profile_check"));
    }

    /** A known answer: the text and its signature. */
    record Vector(String type, String body, String signature, String secret) {
        @Override
        public String toString() {
            return type;
        }
    }

    static List<Vector> vectors() throws IOException {
        try (InputStream in = SahhaInboxTest.class.getResourceAsStream("/sahha/webhook.signature-vectors.json")) {
            JsonNode tree = new ObjectMapper().readTree(in);
            List<Vector> vectors = new ArrayList<>();
            for (JsonNode vector : tree.path("vectors")) {
                vectors.add(new Vector(
                        vector.path("eventType").textValue(),
                        vector.path("body").textValue(),
                        vector.path("headers").path("X-Signature").textValue(),
                        tree.path("secret").textValue()));
            }
            return vectors;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void theKnownAnswersAreBelievedAndUnderstood(Vector vector) {
        byte[] body = vector.body.getBytes(StandardCharsets.UTF_8);

        assertThat(signed(new WebhookSecrets(vector.secret, ""), vector.signature, body))
                .isTrue();
        assertThat(signed(new WebhookSecrets("the next", vector.secret), vector.signature, body))
                .isTrue();
        assertThat(signed(new WebhookSecrets("", ""), vector.signature, body)).isFalse();
        for (int i = 0; i < body.length; i += 7) {
            byte[] altered = body.clone();
            altered[i] ^= 1;
            assertThat(signed(new WebhookSecrets(vector.secret, ""), vector.signature, altered))
                    .isFalse();
        }
        assertThat(SahhaEvent.parse(body, vector.type)).singleElement().satisfies(event -> {
            assertThat(event.who()).isEqualTo(new UserId("synthetic-user-0001"));
            assertThat(event.isKnownType()).isTrue();
            assertThat(event.kind() == null).isEqualTo(vector.type.startsWith("DataLog"));
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "7",
                "{\"externalId\":7}",
                "{\"externalId\":\"\"}",
                "{\"externalId\":\"a\\u0000b\"}",
                "{\"externalId\":\"a\\ud800b\"}",
                "{\"externalId\":\"anna\"} {}",
                "[{\"externalId\":\"anna\"},{}]"
            })
    void whatIsNoEventIsNotRead(String body) {
        assertThat(SahhaEvent.parse(body.getBytes(StandardCharsets.UTF_8), "ScoreCreatedIntegrationEvent"))
                .isEmpty();
    }

    @Test
    void aListIsTakenEventByEvent() {
        byte[] body = "[{\"externalId\":\"anna\"},{\"externalId\":\"ben\"}]".getBytes(StandardCharsets.UTF_8);

        assertThat(SahhaEvent.parse(body, "BiomarkerCreatedIntegrationEvent"))
                .extracting(event -> event.who().value())
                .containsExactly("anna", "ben");
    }

    @Test
    void aSwarmOfEventsIsReadOnceAndNotBeforeThePause() {
        for (int i = 0; i < 40; i++) {
            assertThat(store.save(
                            new byte[] {(byte) i}, List.of(event(i % 2 == 0 ? Kind.SCORES : Kind.BIOMARKERS)), TIMES))
                    .isOne();
        }
        assertThat(store.save(new byte[] {7}, List.of(event(Kind.BIOMARKERS)), TIMES))
                .as("again")
                .isZero();

        assertThat(store.claim(START.plusSeconds(9), START.plusSeconds(70), 500))
                .isEmpty();
        assertThat(store.claim(START.plusSeconds(10), START.plusSeconds(70), 500))
                .containsExactlyInAnyOrder(
                        new SahhaInboxStore.Due(ANNA, Kind.SCORES), new SahhaInboxStore.Due(ANNA, Kind.BIOMARKERS));
        assertThat(store.claim(START.plusSeconds(11), START.plusSeconds(71), 500))
                .as("another replica, meanwhile")
                .isEmpty();
    }

    @Test
    void onlyAReadBegunLaterSettlesAnEvent() {
        store.save(new byte[] {1}, List.of(event(Kind.SCORES)), TIMES);
        SahhaInboxStore.Due due = new SahhaInboxStore.Due(ANNA, Kind.SCORES);
        Instant now = START.plusSeconds(20);

        store.settle(due, START.minusSeconds(1), now.minus(Duration.ofHours(24)), now);
        assertThat(open()).isOne();
        store.settle(due, null, now.minus(Duration.ofHours(24)), now);
        assertThat(open()).isOne();
        store.settle(due, START.plusSeconds(12), now.minus(Duration.ofHours(24)), now);
        assertThat(open()).isZero();
    }

    @Test
    void whatIsHeldCountsAsPastItsFreshnessAndAMemberAsKnown() {
        JDBI.useHandle(handle -> {
            handle.execute("insert into sahha_refresh values ('anna', 'scores', 'recent', '2026-11-22T09:59:00Z'),"
                    + " ('anna', 'biomarkers', 'recent', '2026-11-22T09:59:00Z'),"
                    + " ('anna', 'scores', '2026-09', '2026-11-22T09:59:00Z')");
            handle.execute("insert into sahha_profile_check (profile_id, known, checked_at) values"
                    + " ('anna', false, '2026-11-22T09:00:00Z')");
        });

        store.save(new byte[] {1}, List.of(event(Kind.SCORES)), TIMES);

        SahhaStore rows = new SahhaStore(JDBI, new ObjectMapper());
        assertThat(rows.refreshed(ANNA))
                .containsEntry(new SahhaStore.RefreshKey("scores", "recent"), START.minus(Duration.ofMinutes(10)))
                .containsEntry(new SahhaStore.RefreshKey("biomarkers", "recent"), START.minusSeconds(60))
                .containsEntry(new SahhaStore.RefreshKey("scores", "2026-09"), START.minusSeconds(60));
        assertThat(rows.profileCheck(ANNA))
                .hasValueSatisfying(check -> assertThat(check.known()).isTrue());
    }

    private static boolean signed(WebhookSecrets secrets, String signature, byte[] body) {
        return secrets.signed(signature, HexFormat.of()::formatHex, body);
    }

    private static SahhaEvent event(Kind kind) {
        return new SahhaEvent("an event", ANNA, kind);
    }

    private static int open() {
        return JDBI.withHandle(handle -> handle.createQuery("select count(*) from sahha_inbox where done_at is null")
                .mapTo(Integer.class)
                .one());
    }
}
