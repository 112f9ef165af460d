package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.FreePorts;
import io.holisticos.testing.JavaProcess;
import io.holisticos.twins.browser.MemberBrowser;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sandbox as a person starts it: a process, its last line, its members, Ctrl-C. */
@Tag("deep")
class SandboxProcessTest {

    private static final String KEY = "sandbox-key";

    /** The packaged sandbox, where the build says that it is of this build. */
    private static final @Nullable String PACKAGED = System.getProperty("sandbox.jar");

    private static final Duration START_MAY_TAKE = Duration.ofSeconds(120);
    private static final Duration END_MAY_TAKE = Duration.ofSeconds(5);
    private static final int ENDED_BY_SIGTERM = 128 + 15;

    /** The sandbox's temporary folder; a process whose program lies in it was started by the sandbox. */
    @TempDir
    Path temporary;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final int port = FreePorts.next();
    private final int adminPort = FreePorts.next();
    private final int whoopPort = FreePorts.next();
    private final int sahhaPort = FreePorts.next();

    @AfterEach
    void leaveNothingBehind() {
        postgres().forEach(ProcessHandle::destroyForcibly);
        await("PostgreSQL being gone", START_MAY_TAKE, () -> postgres().isEmpty());
    }

    @Test
    @Timeout(400)
    void showsEveryMembersStoryAndIsGoneAfterSigterm() throws Exception {
        try (JavaProcess sandbox = sandbox(ports())) {
            String ready = sandbox.awaitLine(line -> line.startsWith("Sandbox ready"), START_MAY_TAKE);
            assertThat(ready).matches("Sandbox ready in \\d+ s");

            assertThat(String.join("\n", sandbox.printed())).contains("http://localhost:" + port + "/sandbox");
            assertThat(exchange(request("http://localhost:" + port + "/sandbox")))
                    .satisfies(page -> {
                        assertThat(page.statusCode()).isEqualTo(200);
                        assertThat(page.body()).contains("<title>Sandbox · ", "/sandbox/try/new-night");
                    });
            assertThat(statuses("demo-anna")).containsExactly("ok", "ok");
            assertThat(statuses("demo-ben")).containsExactly("ok", "not_connected");
            assertThat(statuses("demo-chen")).containsExactly("ok", "reauthorization_required");
            assertThat(statuses("demo-eve")).containsExactly("not_connected", "ok");
            benConnectsByTheFirstButton();
            annasTokenOpensWhatIsHers();
            CompletableFuture<HttpResponse<String>> hanging = callThatHangs();
            List<ProcessHandle> databases = postgres();
            List<ProcessHandle> all = databases.stream()
                    .flatMap(one -> Stream.concat(Stream.of(one), one.descendants()))
                    .toList();
            assertThat(databases).isNotEmpty();

            long asked = System.nanoTime();
            sandbox.terminate();

            assertThat(sandbox.exitStatus(END_MAY_TAKE))
                    .as(sandbox.everything())
                    .isEqualTo(ENDED_BY_SIGTERM);
            await(
                    "PostgreSQL being gone",
                    END_MAY_TAKE.minusNanos(System.nanoTime() - asked),
                    () -> all.stream().noneMatch(SandboxProcessTest::runs));
            assertThat(sandbox.printed()).last().isEqualTo(ready);
            assertThat(hanging).isDone();
            assertThat(leftFiles())
                    .as("only PostgreSQL's unpacked binaries are kept")
                    .isEmpty();
        }
    }

    @Test
    @Timeout(400)
    void aStartWithTwentyExtraMembersSaysHowLongItTakesAndLogsNoWarning() {
        List<String> options = new ArrayList<>(ports());
        options.addAll(List.of("--users", "20"));
        try (JavaProcess sandbox = sandbox(options)) {
            sandbox.awaitLine(line -> line.startsWith("Sandbox ready"), START_MAY_TAKE);

            assertThat(sandbox.printed())
                    .noneMatch(line -> line.startsWith("WARN") || line.startsWith("ERROR"))
                    .anyMatch(line -> line.contains("Connecting 20 more members; this may take up to "));
            assertThat(sandbox.complained()).isEmpty();
            assertThat(read(exchange(app("/internal/oauth/status/demo-0020")))
                            .path("last_synced_at")
                            .isTextual())
                    .isTrue();
            sandbox.terminate();
            sandbox.exitStatus(END_MAY_TAKE);
        }
    }

    @Test
    @Timeout(200)
    void aTakenPortIsOneLineAndStatusOne() throws Exception {
        try (ServerSocket taken = new ServerSocket(whoopPort, 1, InetAddress.getLoopbackAddress());
                JavaProcess sandbox = sandbox(ports())) {
            assertThat(sandbox.exitStatus(START_MAY_TAKE)).isEqualTo(1);
            assertThat(sandbox.printed()).isEmpty();
            assertThat(sandbox.complained())
                    .singleElement()
                    .asString()
                    .contains(Integer.toString(taken.getLocalPort()), "--whoop-port");
        }
    }

    @Test
    @Timeout(200)
    void helpIsHelp() {
        try (JavaProcess sandbox = sandbox(List.of("--help"))) {
            assertThat(sandbox.exitStatus(START_MAY_TAKE)).isZero();
            assertThat(String.join("\n", sandbox.printed()))
                    .contains("--port", "--admin-port", "--whoop-port", "--sahha-port", "--data", "--users")
                    .contains("--seed", "--speed", "--database-url", "--no-open", "SANDBOX_PORT", "twins", "simulate");
            assertThat(sandbox.complained()).isEmpty();
        }
    }

    private void benConnectsByTheFirstButton() throws Exception {
        String connectUrl = json.readTree(exchange(app("/api/v1/unified-health/connect/whoop/demo-ben")
                                .POST(BodyPublishers.noBody()))
                        .body())
                .path("connect_url")
                .asText();

        HttpResponse<String> page = new MemberBrowser().allow(URI.create(connectUrl));

        assertThat(page.statusCode()).isEqualTo(200);
        await(
                "WHOOP data of demo-ben",
                Duration.ofSeconds(30),
                () -> statuses("demo-ben").equals(List.of("ok", "ok")));
    }

    private CompletableFuture<HttpResponse<String>> callThatHangs() {
        exchange(request("http://localhost:" + whoopPort + "/_twin/faults")
                .POST(BodyPublishers.ofString("{\"path\":\"/\",\"kind\":\"hang\"}")));
        var hanging = http.sendAsync(
                request("http://localhost:" + whoopPort + "/developer/v2/cycle").build(), BodyHandlers.ofString());
        assertThat(hanging).isNotDone();
        return hanging;
    }

    /** The jar where it is packaged already, else the classes it would be made of. */
    private JavaProcess sandbox(List<String> options) {
        List<String> all = new ArrayList<>(List.of("-Xmx400m", "-Djava.io.tmpdir=" + temporary));
        if (PACKAGED != null) {
            all.addAll(List.of("-jar", PACKAGED));
        } else {
            all.addAll(List.of("-cp", System.getProperty("java.class.path"), Sandbox.class.getName()));
        }
        all.addAll(options);
        return JavaProcess.start(new File("."), Map.of(), all);
    }

    private List<String> ports() {
        return List.of(
                "--no-open",
                "--port",
                Integer.toString(port),
                "--admin-port",
                Integer.toString(adminPort),
                "--whoop-port",
                Integer.toString(whoopPort),
                "--sahha-port",
                Integer.toString(sahhaPort));
    }

    private List<String> statuses(String userId) {
        HttpResponse<String> answer = exchange(app("/api/v1/unified-health/overview/" + userId));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        List<String> statuses = new ArrayList<>();
        read(answer)
                .path("sources")
                .forEach(source -> statuses.add(source.path("status").asText()));
        return statuses;
    }

    private void annasTokenOpensWhatIsHers() {
        String token = read(exchange(request("http://localhost:" + sahhaPort + "/_twin/token")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"sub\":\"demo-anna\"}"))))
                .path("token")
                .asText();
        String overview = "http://localhost:" + port + "/api/v1/unified-health/overview/";

        assertThat(exchange(request(overview + "demo-anna").header("Authorization", "Bearer " + token))
                        .statusCode())
                .isEqualTo(200);
        assertThat(exchange(request(overview + "demo-ben").header("Authorization", "Bearer " + token))
                        .statusCode())
                .isEqualTo(404);
    }

    private JsonNode read(HttpResponse<String> answer) {
        try {
            return json.readTree(answer.body());
        } catch (IOException e) {
            throw new UncheckedIOException(answer.body(), e);
        }
    }

    private HttpRequest.Builder app(String path) {
        return request("http://localhost:" + port + path).header("X-API-Key", KEY);
    }

    private static HttpRequest.Builder request(String url) {
        return HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30));
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The PostgreSQL servers that the sandbox started. */
    private List<ProcessHandle> postgres() {
        return ProcessHandle.allProcesses()
                .filter(one ->
                        one.info().command().filter(this::isBelowTemporary).isPresent())
                .toList();
    }

    /** A process that ended, but whose parent has not asked for its status, is alive and has no program any more. */
    private static boolean runs(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private boolean isBelowTemporary(String command) {
        return command.startsWith(temporary.toString());
    }

    private List<Path> leftFiles() throws IOException {
        try (Stream<Path> files = Files.walk(temporary)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/embedded-pg/PG-"))
                    .toList();
        }
    }

    private static void await(String what, Duration patience, BooleanSupplier holds) {
        long end = System.nanoTime() + patience.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what + " did not happen within " + patience);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }
}
