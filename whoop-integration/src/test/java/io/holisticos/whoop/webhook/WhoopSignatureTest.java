package io.holisticos.whoop.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.web.WebhookOutcome;
import io.holisticos.web.WebhookSecrets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is believed to come from WHOOP, and what is not. */
class WhoopSignatureTest {

    private static final String SECRET = "synthetic-client-secret-for-tests-only";
    static final Instant SIGNED_AT = Instant.ofEpochMilli(1_748_241_241_000L);

    /** A body with the headers that the fact sheet's vectors name. */
    record Vector(String file, byte[] body, String timestamp, String signature) {
        @Override
        public String toString() {
            return file;
        }
    }

    static List<Vector> vectors() throws IOException {
        List<Vector> vectors = new ArrayList<>();
        for (JsonNode vector : new ObjectMapper().readTree(resource("webhook-signature-vectors.json"))) {
            String file = vector.path("body_file").textValue();
            vectors.add(new Vector(
                    file,
                    resource(file),
                    vector.path("X-WHOOP-Signature-Timestamp").textValue(),
                    vector.path("X-WHOOP-Signature").textValue()));
        }
        return vectors;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void theKnownAnswersAreBelieved(Vector vector) {
        assertThat(at(SIGNED_AT).refusal(vector.signature, vector.timestamp, vector.body))
                .isEmpty();
        assertThat(WhoopEvent.parse(vector.body, vector.timestamp))
                .hasValueSatisfying(event -> assertThat(event.isKnownType()).isTrue());
    }

    @Test
    void theUsualMistakesOfVerifiersAreNotOurs() throws IOException {
        Vector good = vectors().get(0);
        byte[] withSeparator = ("." + new String(good.body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);

        assertThat(at(SIGNED_AT).refusal(good.signature, good.timestamp, withSeparator))
                .isPresent();
        assertThat(at(SIGNED_AT).refusal(good.signature, "", good.body)).isPresent();
        assertThat(at(SIGNED_AT).refusal(good.signature, null, good.body)).contains(WebhookOutcome.BAD_SIGNATURE);
        assertThat(at(SIGNED_AT).refusal(null, good.timestamp, good.body)).contains(WebhookOutcome.BAD_SIGNATURE);
        assertThat(at(SIGNED_AT).refusal(good.signature + "\n", good.timestamp, good.body))
                .isPresent();
    }

    @Test
    void duringARotationBothSecretsCountAndAThirdDoesNot() throws IOException {
        Vector good = vectors().get(0);

        assertThat(signature("the next secret", SECRET).refusal(good.signature, good.timestamp, good.body))
                .isEmpty();
        assertThat(signature(SECRET, "the one before").refusal(good.signature, good.timestamp, good.body))
                .isEmpty();
        assertThat(signature("the next secret", "the one before").refusal(good.signature, good.timestamp, good.body))
                .contains(WebhookOutcome.BAD_SIGNATURE);
        assertThat(signature("", "").refusal(good.signature, good.timestamp, good.body))
                .contains(WebhookOutcome.BAD_SIGNATURE);
    }

    @Test
    void withoutASecretOfItsOwnTheClientSecretCounts() throws IOException {
        Vector good = vectors().get(0);
        WebhookConfiguration configuration = new WebhookConfiguration();

        WhoopSignature byDefault = new WhoopSignature(configuration.secrets(SECRET), clockAt(SIGNED_AT));
        configuration.secret = "another one";
        WhoopSignature named = new WhoopSignature(configuration.secrets(SECRET), clockAt(SIGNED_AT));

        assertThat(byDefault.refusal(good.signature, good.timestamp, good.body)).isEmpty();
        assertThat(named.refusal(good.signature, good.timestamp, good.body)).isPresent();
        assertThat(configuration.toString()).doesNotContain("another one");
    }

    @Test
    void seventyFiveMinutesAreAcceptedAndNotAMillisecondMore() throws IOException {
        Vector good = vectors().get(0);

        for (Duration age : List.of(Duration.ofMinutes(-5), Duration.ZERO, Duration.ofMinutes(75))) {
            assertThat(at(SIGNED_AT.plus(age)).refusal(good.signature, good.timestamp, good.body))
                    .as(age.toString())
                    .isEmpty();
        }
        for (Duration age : List.of(
                Duration.ofMinutes(-5).minusMillis(1), Duration.ofMinutes(75).plusMillis(1), Duration.ofDays(400))) {
            assertThat(at(SIGNED_AT.plus(age)).refusal(good.signature, good.timestamp, good.body))
                    .as(age.toString())
                    .contains(WebhookOutcome.BAD_AGE);
        }
    }

    /** Signed by who knows the secret, so that only the age can refuse them. */
    @ParameterizedTest
    @ValueSource(strings = {"now", "1748241241", "-1748241241000", "99999999999999999999", "1748241241000.0", " "})
    void aTimeThatIsNoneIsRefused(String timestamp) {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);

        assertThat(at(SIGNED_AT).refusal(Signing.signature(SECRET, timestamp, body), timestamp, body))
                .contains(WebhookOutcome.BAD_AGE);
    }

    static WhoopSignature at(Instant now) {
        return new WhoopSignature(new WebhookSecrets(SECRET, ""), clockAt(now));
    }

    private static WhoopSignature signature(String current, String previous) {
        return new WhoopSignature(new WebhookSecrets(current, previous), clockAt(SIGNED_AT));
    }

    private static Clock clockAt(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = WhoopSignatureTest.class.getResourceAsStream("/fixtures/whoop/" + name)) {
            return in.readAllBytes();
        }
    }
}
