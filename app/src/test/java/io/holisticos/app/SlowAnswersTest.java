package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Clients of the whole service that ask for much and take it slowly, some of them because they cannot do better. */
class SlowAnswersTest {

    private static final int READERS = 40;

    /** On one connection, so that the buffers of both sides are full whatever their size. */
    private static final int REQUESTS = 60;

    private static House house;
    private static String days;

    private final ScheduledExecutorService clients = Executors.newScheduledThreadPool(READERS);
    private final List<Socket> opened = new ArrayList<>();

    /** Times as short as a test needs. */
    @BeforeAll
    static void open() throws Exception {
        String yaml = Files.readString(RunningApp.SHIPPED)
                .replace("within: 30s", "within: 6s")
                .replace("slowAfter: 5s", "slowAfter: 2s");
        Path configuration = Files.writeString(Files.createTempFile("config", ".yml"), yaml);
        house = House.openWith(configuration, Map.of("TRUSTED_PROXIES", "127.0.0.1"), SmallBuffers::of);
        LocalDate today = LocalDate.ofInstant(house.clock().instant(), ZoneOffset.UTC);
        days = "/api/v1/unified-health/days/demo-ben?from=" + today.minusDays(365) + "&to=" + today;
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @AfterEach
    void leave() throws Exception {
        for (Socket each : opened) {
            each.close();
        }
        clients.shutdownNow();
        RunningApp.await(() -> inFlight() == 0);
    }

    @Test
    void fortySlowReadersKeepNobodyWaitingAndAreGivenUp() throws Exception {
        double before = givenUp();
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            slow.add(ask("203.0.113." + i, REQUESTS));
        }
        slow.forEach(each -> clients.scheduleAtFixedRate(() -> take(each, 1), 1, 1, TimeUnit.SECONDS));
        RunningApp.await(() -> inFlight() >= READERS);

        long begun = System.nanoTime();
        do {
            long asked = System.nanoTime();
            HttpResponse<String> honest = house.get("/api/v1/unified-health/overview/demo-ben");
            assertThat(honest.statusCode()).as(honest.body()).isEqualTo(200);
            assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(5));
        } while (inFlight() > 0 && System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(30));

        assertThat(inFlight()).isZero();
        assertThat(givenUp() - before).isEqualTo(READERS);
    }

    /** Long before the time of the others is over. */
    @Test
    void fortySlowReadersOfOneAddressAreGivenUpButForAFew() throws Exception {
        double before = givenUp();
        for (int i = 0; i < READERS; i++) {
            ask("203.0.113.99", REQUESTS);
        }
        RunningApp.await(() -> inFlight() >= READERS);

        RunningApp.await(() -> givenUp() - before >= READERS - 10);

        assertThat(inFlight()).isBetween(0.0, 10.0);
    }

    @Test
    void aPhoneOnASlowNetworkGetsItsWholeAnswer() throws Exception {
        double before = givenUp();
        int whole = RawRequest.send(house.uri(""), "GET", days, "X-API-Key: " + House.KEY)
                .body()
                .length();
        Socket phone = ask("203.0.113.200", 1);
        CompletableFuture<Integer> taken = new CompletableFuture<>();
        AtomicInteger soFar = new AtomicInteger();
        clients.scheduleAtFixedRate(
                () -> {
                    int more = take(phone, 4_000);
                    if (soFar.addAndGet(more) >= whole || more < 4_000) {
                        taken.complete(soFar.get());
                    }
                },
                200,
                200,
                TimeUnit.MILLISECONDS);

        assertThat(taken.get(2, TimeUnit.MINUTES)).isGreaterThanOrEqualTo(whole);
        assertThat(givenUp()).isEqualTo(before);
    }

    /** Somebody with a key would otherwise wake whoever is on call for our latency. */
    @Test
    void anAnswerThatIsTakenSlowlyWasNotLate() throws Exception {
        house.get(days); // the first asks Sahha
        double late = late();
        double answered = answered();
        for (int i = 0; i < 5; i++) {
            ask("203.0.113." + i, REQUESTS);
        }
        RunningApp.await(() -> inFlight() >= 5);

        RunningApp.await(() -> inFlight() == 0); // given up after twice the three seconds that count as late

        assertThat(answered()).isGreaterThanOrEqualTo(answered + 5);
        assertThat(late()).isEqualTo(late);
    }

    private static double answered() {
        return valueOf("http_server_request_duration_seconds_count", Map.of("group", "unified"));
    }

    /** As the objective counts them. */
    private static double late() {
        return answered()
                - valueOf("http_server_request_duration_seconds_bucket", Map.of("group", "unified", "le", "3.0"));
    }

    private static double valueOf(String name, Map<String, String> labels) {
        return page().series().stream()
                .filter(series -> series.name().equals(name) && series.labels().equals(labels))
                .mapToDouble(ScrapedPage.Series::value)
                .sum();
    }

    private Socket ask(String client, int times) throws IOException {
        Socket socket = new Socket();
        opened.add(socket);
        socket.setReceiveBufferSize(8_192);
        socket.connect(
                new InetSocketAddress(house.uri("").getHost(), house.uri("").getPort()));
        String request = "GET " + days + " HTTP/1.1\r\nHost: " + house.uri("").getAuthority() + "\r\nX-API-Key: "
                + House.KEY + "\r\nX-Forwarded-For: " + client + "\r\n\r\n";
        socket.getOutputStream().write(request.repeat(times).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Returns how many there were; fewer when there will be no more. */
    private static int take(Socket socket, int bytes) {
        try {
            return socket.getInputStream().readNBytes(bytes).length;
        } catch (IOException reset) {
            return 0;
        }
    }

    private static double inFlight() {
        return page().sum("shedding_in_flight_requests") / 2; // of the group, and of all
    }

    private static double givenUp() {
        return page().sum("answers_given_up_total");
    }

    private static ScrapedPage page() {
        return new ScrapedPage(house.admin("GET", "/prometheus", "").body());
    }
}
