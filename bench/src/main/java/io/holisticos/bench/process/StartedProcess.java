package io.holisticos.bench.process;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process, and the file with its output. */
public final class StartedProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int ENDS_WITHIN_SECONDS = 10;
    private static final int LINES_SHOWN = 15;

    private final String name;
    private final Process process;
    private final Path log;

    StartedProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    public long pid() {
        return process.pid();
    }

    /** Waits until it answers 200 at an address. */
    public void awaitAnswer(URI address) {
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1) // uvicorn does not answer an upgrade
                .build();
        await("answer at " + address, START, () -> {
            try {
                return http.send(
                                        HttpRequest.newBuilder(address)
                                                .timeout(Duration.ofSeconds(5))
                                                .build(),
                                        BodyHandlers.discarding())
                                .statusCode()
                        == 200;
            } catch (IOException e) {
                return false; // not yet
            }
        });
    }

    /** Waits until it has printed these words. */
    public void awaitOutput(String words, Duration within) {
        await("print \"" + words + "\"", within, () -> Files.readString(log).contains(words));
    }

    /** Waits for its end, which must be a good one. Returns what it printed. */
    public String output(Duration within) {
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BenchFailure(name + " did not end within " + within.toSeconds() + " s" + lastLines());
            }
            if (process.exitValue() != 0) {
                throw new BenchFailure(name + " ended with " + process.exitValue() + lastLines());
            }
            return Files.readString(log);
        } catch (IOException e) {
            throw new BenchFailure("the output of " + name + " cannot be read", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Asks it to end, and waits until it did. */
    public void endItself(Duration within) {
        process.destroy();
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new BenchFailure(name + " did not end within " + within.toSeconds() + " s" + lastLines());
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The memory that it has in RAM, in bytes; by Linux. */
    public long residentMemory() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow(() -> new BenchFailure("/proc does not tell the memory of " + name));
        } catch (IOException e) {
            throw new BenchFailure("the memory of " + name + " cannot be read" + lastLines(), e);
        }
    }

    private void await(String what, Duration within, Condition condition) {
        long end = System.nanoTime() + within.toNanos();
        try {
            while (!condition.holds()) {
                if (!process.isAlive()) {
                    throw new BenchFailure(name + " ended before it could " + what + lastLines());
                }
                if (System.nanoTime() > end) {
                    throw new BenchFailure(
                            name + " did not " + what + " within " + within.toSeconds() + " s" + lastLines());
                }
                Thread.sleep(POLL.toMillis());
            }
        } catch (IOException e) {
            throw new BenchFailure("the output of " + name + " cannot be read", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static BenchFailure interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new BenchFailure("interrupted", e);
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return "; its last lines:\n"
                    + String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "; its output is in " + log;
        }
    }

    /** Ends it and the processes that it started. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }
}
