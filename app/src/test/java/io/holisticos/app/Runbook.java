package io.holisticos.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The commands of a page of {@code docs/runbooks}, as an operator types them: the lines of its {@code sh} blocks. */
final class Runbook {

    private static final Path RUNBOOKS = Path.of("../docs/runbooks");
    private static final Pattern BLOCK = Pattern.compile("(?s)```sh\\n(.*?)```");
    private static final Duration PATIENCE = Duration.ofSeconds(180);

    private Runbook() {}

    /** The blocks of a page, in their order. */
    static List<List<String>> blocks(String page) throws IOException {
        return BLOCK.matcher(Files.readString(RUNBOOKS.resolve(page)))
                .results()
                .map(block -> block.group(1).lines().toList())
                .toList();
    }

    /** Runs them in a shell that stops at the first one that fails; returns what they said. */
    static String run(List<String> commands, Path folder, Map<String, String> variables) throws Exception {
        Path said = Files.createTempFile("runbook", ".out");
        try {
            ProcessBuilder bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", String.join("\n", commands));
            bash.environment().putAll(variables);
            Process process = bash.directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(commands + " did not end: " + Files.readString(said));
            }
            if (process.exitValue() != 0) {
                throw new AssertionError(
                        commands + " ended with " + process.exitValue() + ": " + Files.readString(said));
            }
            return Files.readString(said);
        } finally {
            Files.delete(said);
        }
    }
}
