package io.holisticos.whoop.connect;

import static io.holisticos.whoop.connect.ConnectWorld.ANNA;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("deep")
class RefreshRaceOfProcessesTest {

    @Test
    void twoProcessesRefreshOnceAndBothGoOnWithTheNewToken() throws Exception {
        try (ConnectWorld world = new ConnectWorld()) {
            String old = world.connect(world.worker(), ANNA).accessToken();
            world.letTheAccessTokenExpire();
            List<Process> racers = new ArrayList<>();
            try {
                for (int i = 0; i < 2; i++) {
                    racers.add(racer(world));
                }
                List<BufferedReader> outputs =
                        racers.stream().map(Process::inputReader).toList();
                outputs.forEach(output -> lineThatBegins(output, "ready"));
                for (Process racer : racers) {
                    racer.getOutputStream().write(10);
                    racer.getOutputStream().flush();
                }

                List<String> tokens = outputs.stream()
                        .map(output -> lineThatBegins(output, "token "))
                        .toList();

                assertThat(world.tokenCalls()).isEqualTo(1);
                assertThat(Set.copyOf(tokens)).hasSize(1).doesNotContain("token " + old);
            } finally {
                for (Process racer : racers) {
                    racer.destroy();
                    racer.waitFor(10, TimeUnit.SECONDS);
                }
            }
        }
    }

    private static Process racer(ConnectWorld world) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RefreshRacer.class.getName(),
                        world.database.url(),
                        world.twin.baseUrl(),
                        world.clock.instant().toString())
                .redirectErrorStream(true)
                .start();
    }

    private static String lineThatBegins(BufferedReader output, String beginning) {
        List<String> seen = new ArrayList<>();
        try {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(beginning)) {
                    return line;
                }
                seen.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError(String.join("\n", seen));
    }
}
