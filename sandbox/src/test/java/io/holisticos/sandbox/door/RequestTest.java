package io.holisticos.sandbox.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestTest {

    @Test
    void aReadOfTheAppIsACommandWithItsKey() {
        assertThat(Request.get(Request.To.APP, "/a?b=c&d").asCurl("http://localhost:1", "k"))
                .isEqualTo("curl -H 'X-API-Key: k' 'http://localhost:1/a?b=c&d'");
    }

    @Test
    void aTwinGetsNoKeyAndABodyIsQuotedForTheShell() {
        assertThat(Request.post(Request.To.WHOOP, "/_twin/clock", "{\"it's\":1}")
                        .asCurl("http://localhost:2", "k"))
                .isEqualTo("curl -X POST -H 'Content-Type: application/json' -d '{\"it'\\''s\":1}'"
                        + " 'http://localhost:2/_twin/clock'");
    }
}
