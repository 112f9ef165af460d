package io.holisticos.whoop.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.pages.Page;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pages say of whom, and whose forms they are. */
class PagesForBrowsersTest {

    @ParameterizedTest
    @CsvSource({"demo-ben, de…en", "benjamin, be…in", "ben, b…n", "be, …", "b, …", "äöüäöüäöü, äö…öü"})
    void anIdIsShownByItsEndsOnly(String id, String shown) {
        assertThat(AccountLabel.masked(new UserId(id))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "https://health.example, https://health.example, true",
        "https://health.example, https://health.example:443, false", // as no browser writes it
        "https://health.example:443, https://health.example, true",
        "http://localhost:8080, http://localhost:8080, true",
        "http://localhost:80, http://localhost, true",
        "http://localhost:8080, http://localhost:8081, false",
        "https://health.example, http://health.example, false",
        "https://health.example, https://health.example.evil.example, false",
        "https://health.example, null, false"
    })
    void aFormIsOursWhenItsOriginIs(URI publicUrl, String origin, boolean ours) {
        assertThat(new SameOrigin(publicUrl).isConfirmed(null, origin)).isEqualTo(ours);
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.example.com/back?a=b, https://app.example.com",
        "https://app.example.com:8443/back, https://app.example.com:8443",
        "holisticos://whoop/done, holisticos:",
        "holisticos:done, holisticos:"
    })
    void aPlaceToReturnToIsAllowedAsNarrowlyAsAPolicyCan(URI returnTo, String source) {
        assertThat(Page.sourceOf(returnTo)).isEqualTo(source);
    }
}
