package io.holisticos.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.FreePorts;
import io.holisticos.testing.JavaProcess;
import io.holisticos.twins.browser.MemberBrowser;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every command of docs/api/quickstart.md, as it stands but for the ports, in one shell after the other. */
@Tag("deep")
class QuickstartTest {

    private static final Path PAGE = Path.of("../docs/api/quickstart.md");
    private static final Pattern BLOCK = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CONNECT_URL = Pattern.compile("\"connect_url\":\"([^\"]*)\"");
    private static final Duration START_MAY_TAKE = Duration.ofSeconds(180);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final int port = FreePorts.next();
    private final int adminPort = FreePorts.next();
    private final int whoopPort = FreePorts.next();
    private final int sahhaPort = FreePorts.next();

    @TempDir
    Path folder;

    @Test
    @Timeout(500)
    void leadsToAConnectedMember() throws Exception {
        List<String> blocks = blocks();
        assertThat(blocks).hasSize(7);
        try (JavaProcess sandbox = sandbox()) {
            sandbox.awaitLine(line -> line.startsWith("Sandbox ready"), START_MAY_TAKE);

            assertThat(run(blocks.get(0))).contains("\"heart_rate.resting\"", "\"enhanced_with_whoop\":true");
            assertThat(run(blocks.get(1))).contains("\"candidates\"", "\"would_have_won\"");
            Matcher link = CONNECT_URL.matcher(run(blocks.get(2)));
            assertThat(link.find()).isTrue();
            new MemberBrowser().allow(URI.create(link.group(1)));
            untilIt(blocks.get(3), said -> said.contains("\"enhanced_with_whoop\":true"));
            assertThat(run(blocks.get(4)).strip()).endsWith("404");
            assertThat(run(blocks.get(5))).contains("\"changes\"");
            untilIt(lastLineOf(blocks.get(5)), said -> said.contains("\"reason\":\"sync\""));
            assertThat(run(blocks.get(6))).contains("\"enhanced_with_whoop\":true", "\"code\":\"invalid_request\"");

            sandbox.terminate();
            sandbox.exitStatus(START_MAY_TAKE);
        }
    }

    private List<String> blocks() throws IOException {
        List<String> blocks = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        while (block.find()) {
            blocks.add(block.group(1)
                    .replace("localhost:8080", "localhost:" + port)
                    .replace("localhost:9100", "localhost:" + whoopPort)
                    .replace("localhost:9200", "localhost:" + sahhaPort));
        }
        return blocks;
    }

    private static String lastLineOf(String block) {
        String[] lines = block.strip().split("\n");
        return lines[lines.length - 1] + "\n";
    }

    /** A second, or a minute on a busy machine: data come by themselves. */
    private void untilIt(String block, Predicate<String> says) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!says.test(run(block))) {
            assertThat(System.nanoTime()).as("it never said so").isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        }
    }

    /** What is exported in one block is there in the next. */
    private String run(String block) throws Exception {
        Path variables = folder.resolve("variables");
        String script = "set -eo pipefail\n[ ! -e " + variables + " ] || . " + variables + "\n" + block
                + "\nexport -p > " + variables + "\n";
        Process shell = new ProcessBuilder("bash", "-c", script)
                .redirectErrorStream(true)
                .start();
        String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as("the commands of a block").isZero();
        return said;
    }

    private JavaProcess sandbox() {
        return JavaProcess.of(
                Sandbox.class,
                List.of("-Xmx512m"),
                Map.of(),
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
}
