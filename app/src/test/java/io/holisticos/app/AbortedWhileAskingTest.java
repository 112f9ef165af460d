package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients whose connection is reset while a slow source is asked for them: nothing counts them as being served for ever. */
class AbortedWhileAskingTest {

    private static final int CLIENTS = 30;
    private static final int REQUESTS_OF_EACH = 20;

    /** Every gauge that tells what is under way: places, requests of the server, bulkheads, connections to sources and databases. */
    private static final Pattern UNDER_WAY = Pattern.compile("shedding\\..*\\.in_flight"
            + "|.*\\.active-(requests|dispatches|suspended)"
            + "|.*\\.executionSemaphorePermitsInUse"
            + "|HystrixThreadPool\\..*\\.(threadActiveCount|queueSize)"
            + "|.*\\.leased-connections|.*\\.pending-connections"
            + "|.*ManagedPooledDataSource\\.(?!.*-notices\\.).*\\.active" // one of notices listens all the time
            + "|bodies\\.open");

    private static ScriptedHouse house;

    @BeforeAll
    static void open() throws Exception {
        house = ScriptedHouse.open();
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/health-metrics/biomarkers?profile_id=nobody-a-",
                "/api/v1/health-metrics/overview?profile_id=nobody-b-",
                "/api/v1/unified-health/overview/nobody-c-"
            })
    void nothingStaysCountedAsUnderWay(String path) throws Exception {
        Reply nobody = Reply.status(404).after(Duration.ofSeconds(4)); // the first are gone before it
        for (String list :
                List.of(ScriptedSahha.PROFILE, ScriptedSahha.DEVICE, ScriptedSahha.SCORES, ScriptedSahha.BIOMARKERS)) {
            house.sahha().server().on(list, nobody);
        }
        List<Socket> clients = new ArrayList<>();
        try {
            for (int client = 0; client < CLIENTS; client++) {
                clients.add(ask(path + client));
            }
            RunningApp.await(() -> underWay().getOrDefault("shedding.all.in_flight", 0) >= CLIENTS / 2);
        } finally {
            for (Socket client : clients) {
                client.setSoLinger(true, 0); // closing sends a reset
                client.close();
            }
        }

        assertThat(whatStaysUnderWay()).isEmpty();
        assertThat(house.get(path + "later").statusCode()).isLessThan(500);
        assertThat(whatStaysUnderWay()).isEmpty();
    }

    /** Many times, and reads nothing. */
    private static Socket ask(String path) throws IOException {
        URI port = house.app().uri("");
        Socket socket = new Socket(port.getHost(), port.getPort());
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + port.getAuthority() + "\r\nX-API-Key: "
                + RunningApp.KEY + "\r\n\r\n";
        socket.getOutputStream().write(request.repeat(REQUESTS_OF_EACH).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** After a bounded time. */
    private static Map<String, Integer> whatStaysUnderWay() {
        long end = System.nanoTime() + RunningApp.PATIENCE.toNanos();
        Map<String, Integer> busy;
        do {
            busy = underWay();
        } while (!busy.isEmpty() && System.nanoTime() < end);
        return busy;
    }

    /** The gauges that say that something is under way, but for the request by which they are asked. */
    private static Map<String, Integer> underWay() {
        JsonNode gauges =
                house.app().jsonOf(house.app().admin("GET", "/metrics", "")).path("gauges");
        Map<String, Integer> busy = new TreeMap<>();
        gauges.fields().forEachRemaining(gauge -> {
            int value = gauge.getValue().path("value").asInt();
            if (value != 0 && UNDER_WAY.matcher(gauge.getKey()).matches()) {
                busy.put(gauge.getKey(), value);
            }
        });
        return busy;
    }
}
