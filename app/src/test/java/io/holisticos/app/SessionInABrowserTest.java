package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.ScriptedServer.Reply;
import io.holisticos.testing.browser.Chromium;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A session in a real browser, on {@code http://localhost}: it keeps the cookie, and sends it along for every port. */
@Tag("deep")
class SessionInABrowserTest {

    private static final String OVERVIEW = "/api/v1/unified-health/overview/demo-anna";
    private static final String PREFERENCES = "/api/v1/unified-health/preferences/demo-anna";
    private static final String CONNECT = "/api/v1/unified-health/connect/whoop/demo-anna";

    private static House house;
    private static Chromium browser;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
        browser = Chromium.open();
        browser.ignoreContentPolicy(); // the pages here stand for pages of ours that there are not yet
    }

    @AfterAll
    static void close() throws Exception {
        browser.close();
        house.close();
    }

    @Test
    void aPageOfOursSignsInReadsAndChangesAndNoOtherOriginDoes() throws Exception {
        browser.go(house.uri("/health").toString());
        assertThat(fetched("POST", house.uri("/session"), "{'X-API-Key': '" + House.KEY + "'}"))
                .isEqualTo("200");

        assertThat(browser.answerOf("done(document.cookie)")).isEqualTo("");
        assertThat(fetched("GET", house.uri(OVERVIEW), "{}")).isEqualTo("200");
        assertThat(fetched("GET", house.uri("/internal/oauth/status/demo-anna"), "{}"))
                .isEqualTo("403");
        assertThat(fetched("PUT", house.uri(PREFERENCES), "{'Content-Type': 'application/json'}"))
                .isEqualTo("403");
        assertThat(fetched(
                        "PUT",
                        house.uri(PREFERENCES),
                        "{'Content-Type': 'application/json', 'X-Requested-With': 'fetch'}"))
                .isEqualTo("200");

        try (ScriptedServer otherPort = new ScriptedServer()) {
            otherPort.on("/page", Reply.of(200, "text/html; charset=UTF-8", "<body>of the same site</body>"));
            browser.go("http://localhost:" + URI.create(otherPort.url()).getPort() + "/page");
            assertThat(fetched("GET", house.uri(OVERVIEW), "{}"))
                    .as("not readable")
                    .isEqualTo("TypeError");
            assertThat(fetched("POST", house.uri(CONNECT), "{'X-Requested-With': 'fetch'}"))
                    .isEqualTo("TypeError");
            assertThat(browser.answerOf("fetch('" + house.uri(CONNECT)
                            + "', {method: 'POST', mode: 'no-cors', credentials: 'include', body: new Blob(['{}'])})"
                            + ".then(answer => done(answer.type), failure => done(failure.name))"))
                    .as("sent, with the cookie")
                    .isEqualTo("opaque");
        }
        assertThat(begunConsents()).isZero();
        browser.go(house.uri("/health").toString());
        assertThat(fetched("DELETE", house.uri("/session"), "{'X-Requested-With': 'fetch'}"))
                .isEqualTo("204");
        assertThat(fetched("GET", house.uri(OVERVIEW), "{}")).isEqualTo("401");
    }

    /** The status, or the name of the error. */
    private static String fetched(String method, URI at, String headers) {
        String body = method.equals("PUT") ? ", body: '{\"order\":[\"sahha\",\"whoop\"]}'" : "";
        return browser.answerOf("fetch('" + at + "', {method: '" + method + "', credentials: 'include', headers: "
                + headers + body + "}).then(answer => done(String(answer.status)), failure => done(failure.name))");
    }

    private static long begunConsents() {
        return house.whoopDatabase()
                .jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from whoop_authorization")
                        .mapTo(Long.class)
                        .one());
    }
}
