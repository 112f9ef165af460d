package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class WebhookSecretsTest {

    private static final byte[] BODY = {'{', '}'};

    @Test
    void eachOfTheTwoSignsAndNoOther() {
        WebhookSecrets both = new WebhookSecrets("present", "previous");

        assertThat(isBelieved(both, "present")).isTrue();
        assertThat(isBelieved(both, "previous")).isTrue();
        assertThat(isBelieved(both, "another")).isFalse();
        assertThat(both.isEmpty()).isFalse();
    }

    @Test
    void withoutASecretNothingIsSignedWell() {
        WebhookSecrets none = new WebhookSecrets("", " ");

        assertThat(none.isEmpty()).isTrue();
        assertThat(isBelieved(none, "present")).isFalse();
        assertThat(none.signed("", HexFormat.of()::formatHex, BODY)).isFalse();
    }

    @Test
    void thePartsAreSignedOneAfterTheOther() {
        WebhookSecrets secrets = new WebhookSecrets("present", "");
        String signature = signatureBy("present", "one-two");

        assertThat(secrets.signed(signature, HexFormat.of()::formatHex, bytes("one-"), bytes("two")))
                .isTrue();
        assertThat(secrets.signed(signature, HexFormat.of()::formatHex, bytes("two"), bytes("one-")))
                .isFalse();
        assertThat(secrets.signed(signature, HexFormat.of()::formatHex, bytes("one-")))
                .isFalse();
    }

    @Test
    void printsNoSecret() {
        assertThat(new WebhookSecrets("present", "previous")).hasToString("WebhookSecrets[2]");
    }

    private static boolean isBelieved(WebhookSecrets secrets, String secret) {
        return secrets.signed(
                signatureBy(secret, new String(BODY, StandardCharsets.UTF_8)), HexFormat.of()::formatHex, BODY);
    }

    private static String signatureBy(String secret, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(secret), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(bytes(text)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
