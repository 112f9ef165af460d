package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.testing.FreePorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/runbooks/first-deployment.md} has a new operator do, line by line, on free ports. */
@Tag("deep")
class FirstDeploymentTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir
    Path folder;

    @Test
    void tenCommandsLeadFromACleanPostgresqlToTwoInstancesBehindAProxy() throws Exception {
        List<String> commands = Runbook.blocks("first-deployment.md").get(0);
        assertThat(commands).hasSizeLessThanOrEqualTo(10);
        int proxy = FreePorts.next();
        String text = String.join("\n", commands);
        for (int port : List.of(8080, 8081, 8090, 8091)) {
            text = text.replace("=" + port + " ", "=" + FreePorts.next() + " ");
        }
        Matcher ports = Pattern.compile("\\bPORT=(\\d+)").matcher(text);
        List<String> instances = new ArrayList<>();
        while (ports.find()) {
            instances.add("127.0.0.1:" + ports.group(1));
        }
        assertThat(instances).hasSize(2);
        assertThat(ROOT.resolve("app/target/app.jar")).as("built by package").exists();
        for (String name : List.of("docs", "deploy", "app", "config.yml")) {
            Files.createSymbolicLink(folder.resolve(name), ROOT.resolve(name));
        }

        try (DebianPostgres postgres =
                DebianPostgres.start(DebianPostgres.installed().orElseThrow())) {
            URI server = URI.create(postgres.url("postgres").substring("jdbc:".length()));
            ProcessBuilder bash = new ProcessBuilder(
                    "bash", "-euo", "pipefail", "-c", text + "\necho $(jobs -p) >pids; cat haproxy.pid >>pids");
            bash.environment()
                    .putAll(Map.of(
                            "PGHOST",
                            "127.0.0.1",
                            "PGPORT",
                            Integer.toString(server.getPort()),
                            "PGUSER",
                            DebianPostgres.USER,
                            "OWNER_PASSWORD",
                            "owner-of-a-test",
                            "RUNTIME_PASSWORD",
                            "runtime-of-a-test",
                            "LISTEN",
                            "127.0.0.1:" + proxy,
                            "REPLICA_1",
                            instances.get(0),
                            "REPLICA_2",
                            instances.get(1)));
            bash.environment().putAll(settings(postgres, proxy));
            bash.environment()
                    .putAll(Map.of(
                            "SAHHA_URL", "http://127.0.0.1:1",
                            "SAHHA_CLIENT_ID", "an-account",
                            "SAHHA_CLIENT_SECRET", "secret-of-an-account",
                            "WHOOP_URL", "http://127.0.0.1:1",
                            "WHOOP_CLIENT_ID", "an-application",
                            "WHOOP_CLIENT_SECRET", "secret-of-an-application"));
            try {
                Path said = folder.resolve("said");
                Process commandsRun = bash.directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
                assertThat(commandsRun.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(commandsRun.exitValue()).as(Files.readString(said)).isZero();

                String url = "http://localhost:" + proxy;
                Service.await("ready behind the proxy", () -> statusOf(url + "/health/ready") == 200);
                for (String instance : instances) {
                    Service.await("ready: " + instance, () -> statusOf("http://" + instance + "/health/ready") == 200);
                }
                assertThat(statusOf(url + "/api/v1/unified-health/health/whoop"))
                        .isEqualTo(200);
                assertThat(namesInLogs()).containsExactlyInAnyOrder("one", "two");
                assertThat(Files.readString(folder.resolve("one.log"))).doesNotContain("database_role_too_powerful");
            } finally {
                end();
            }
        }
    }

    private static Map<String, String> settings(DebianPostgres postgres, int proxy) {
        return Map.of(
                "DEPLOYMENT",
                "sandbox", // an http address, and twins that are not even there
                "PUBLIC_URL",
                "http://localhost:" + proxy,
                "SAHHA_DATABASE_URL",
                postgres.url("sahha"),
                "WHOOP_DATABASE_URL",
                postgres.url("whoop"),
                "SAHHA_DATABASE_USER",
                "health_runtime",
                "WHOOP_DATABASE_USER",
                "health_runtime",
                "VAULT_KEY",
                Base64.getEncoder().encodeToString(new byte[32]),
                "SERVICE_KEY",
                Service.KEY,
                "WARM_UP",
                "0s",
                "DRAIN_TIME",
                "0s");
    }

    private Set<String> namesInLogs() throws Exception {
        Set<String> names = new HashSet<>();
        for (String log : List.of("one.log", "two.log")) {
            for (String line : Files.readAllLines(folder.resolve(log))) {
                if (line.startsWith("{") && line.contains("\"event\"")) {
                    names.add(new ObjectMapper().readTree(line).path("replica").asText());
                }
            }
        }
        names.remove(""); // what was said before the settings were read
        return names;
    }

    private static int statusOf(String url) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(url))
                                    .timeout(Duration.ofSeconds(10))
                                    .header("X-API-Key", Service.KEY)
                                    .build(),
                            BodyHandlers.discarding())
                    .statusCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        } catch (IOException notYet) {
            return 0;
        }
    }

    private void end() throws Exception {
        Path pids = folder.resolve("pids");
        if (!Files.exists(pids)) {
            return;
        }
        for (String pid : Files.readString(pids).strip().split("\\s+")) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(process -> {
                process.destroy();
                process.onExit()
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .join();
            });
        }
    }
}
