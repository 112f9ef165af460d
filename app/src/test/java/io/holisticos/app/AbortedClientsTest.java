package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.holisticos.testing.LogLines;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients of the running service whose connection ends in the middle of an answer, and what is said of that: nothing. */
class AbortedClientsTest {

    /** Far more than fits the buffers of both sides: the server is writing when the client goes. */
    private static final int ANSWERS = 200;

    /** The largest answer that asks nobody else. */
    private static final String DOCUMENT = "/api/openapi.json";

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        house = House.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @Test
    void whoeverGoesInTheMiddleOfAnAnswerLeavesNoTroubleInTheLog() throws Exception {
        assertThat(house.get(DOCUMENT).statusCode()).isEqualTo(200);
        try (LogLines said = LogLines.ofAll()) {
            for (int client = 0; client < 3; client++) {
                goInTheMiddle(house.uri(""), DOCUMENT);
            }
            House.await(AbortedClientsTest::nobodyIsServed);

            assertThat(house.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(trouble(said)).isEmpty();
        }
    }

    @Test
    void aStreamThatIsLeftSaysNothingEither() throws Exception {
        try (LogLines said = LogLines.ofAll()) {
            for (int client = 0; client < 3; client++) {
                goInTheMiddle(house.adminUri(""), "/hystrix.stream");
            }
            House.await(() -> house.admin("GET", "/prometheus", "").statusCode() == 200);

            assertThat(trouble(said)).isEmpty();
        }
    }

    /** Asks many times, reads a little of the first answer, and resets the connection. */
    private static void goInTheMiddle(URI port, String path) throws IOException {
        try (Socket socket = new Socket(port.getHost(), port.getPort())) {
            socket.setSoTimeout(20_000);
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + port.getAuthority() + "\r\nX-API-Key: " + House.KEY
                    + "\r\n\r\n";
            socket.getOutputStream().write(request.repeat(ANSWERS).getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            assertThat(answer.readNBytes(64))
                    .asString(StandardCharsets.US_ASCII)
                    .startsWith("HTTP/1.1 ");
            socket.setSoLinger(true, 0); // closing sends a reset
        }
    }

    private static boolean nobodyIsServed() {
        return new ScrapedPage(house.admin("GET", "/prometheus", "").body()).sum("shedding_in_flight_requests") == 0;
    }

    private static List<String> trouble(LogLines said) {
        return said.lines().stream()
                .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
