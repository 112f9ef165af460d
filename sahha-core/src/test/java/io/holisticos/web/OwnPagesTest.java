package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which origin is ours, by the address of the service and by the host that a request is sent to. */
class OwnPagesTest {

    @ParameterizedTest
    @CsvSource({
        "https://health.example,     https://health.example,      health.example,      true",
        "https://health.example:443, https://health.example,      inside.internal,     true",
        "https://health.example,     https://inside.internal,     inside.internal,     true",
        "https://health.example,     https://inside.internal,     health.example,      false",
        "https://health.example,     http://health.example,       health.example,      false",
        "https://health.example,     https://health.example:8443, health.example,      false",
        "https://health.example,     https://evil.example,        health.example,      false",
        "https://health.example,     null,                        health.example,      false",
        "https://health.example,     http://localhost:8081,       localhost:8081,      true",
        "https://health.example,     http://127.0.0.1:8081,       127.0.0.1:8081,      true",
        "https://health.example,     http://[::1]:8081,           [::1]:8081,          true",
        "https://health.example,     http://localhost:3000,       localhost:8081,      false",
        "https://health.example,     http://127.0.0.1.evil.example, 127.0.0.1.evil.example, false",
        "https://health.example,     http://rebound.example:8081, rebound.example:8081, false",
        "http://localhost:8080,      http://localhost:8080,       localhost:8080,      true"
    })
    void anOriginIsOurs(URI publicUrl, String origin, String host, boolean ours) {
        OwnPages pages = OwnPages.of(SessionPort.API, publicUrl);
        RequestingPage page = RequestingPage.of(
                Map.of("Host", List.of(host), "Origin", List.of(origin), "X-Requested-With", List.of("fetch"))::get);

        assertThat(pages.isOurScript(page)).isEqualTo(ours);
        assertThat(pages.isAnother(page)).isNotEqualTo(ours);
    }

    @ParameterizedTest
    @CsvSource({
        "https://admin.example:8081,  admin.example:8081,  true",
        "http://localhost:8081,       localhost:8081,      true",
        "https://health.example,      admin.example:8081,  false",
        "https://health.example,      health.example:8081, false",
        "http://localhost:8080,       localhost:8081,      false"
    })
    void aPageOfTheApisPortIsAnotherOneOnTheAdminPort(String origin, String host, boolean ours) {
        for (String publicUrl : List.of("https://health.example", "http://localhost:8080")) {
            RequestingPage page = RequestingPage.of(Map.of(
                    "Host", List.of(host), "Origin", List.of(origin), "X-Requested-With", List.of("fetch"))::get);

            assertThat(OwnPages.of(SessionPort.ADMIN, URI.create(publicUrl)).isOurScript(page))
                    .isEqualTo(ours);
        }
    }

    @Test
    void whatIsNoBrowserIsNoPageAtAll() {
        OwnPages pages = OwnPages.of(SessionPort.API, URI.create("https://health.example"));
        RequestingPage nothing = RequestingPage.of(name -> null);

        assertThat(pages.isAnother(nothing)).isFalse();
        assertThat(pages.isOurScript(nothing)).isFalse();
    }
}
