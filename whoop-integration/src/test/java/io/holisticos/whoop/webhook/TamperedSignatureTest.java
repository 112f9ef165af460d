package io.holisticos.whoop.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.web.WebhookOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** One bit anywhere, in signature, time or body, and it is not WHOOP's any more. */
class TamperedSignatureTest {

    @Property(tries = 300)
    void anyTamperingIsRefused(
            @ForAll @IntRange(max = 5) int which,
            @ForAll @IntRange(max = 400) int place,
            @ForAll @IntRange(max = 7) int bit)
            throws IOException {
        WhoopSignatureTest.Vector good = WhoopSignatureTest.vectors().get(which);
        byte[] everything = (good.signature() + good.timestamp() + new String(good.body(), StandardCharsets.US_ASCII))
                .getBytes(StandardCharsets.ISO_8859_1);
        everything[place % everything.length] ^= (byte) (1 << bit);
        String altered = new String(everything, StandardCharsets.ISO_8859_1);
        int body = good.signature().length() + good.timestamp().length();

        assertThat(WhoopSignatureTest.at(WhoopSignatureTest.SIGNED_AT)
                        .refusal(
                                altered.substring(0, good.signature().length()),
                                altered.substring(good.signature().length(), body),
                                altered.substring(body).getBytes(StandardCharsets.ISO_8859_1)))
                .contains(WebhookOutcome.BAD_SIGNATURE);
    }
}
