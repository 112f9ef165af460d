package io.holisticos.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A JVM beside the test's: what it prints is kept, and closing it ends it by force. */
public final class JavaProcess implements AutoCloseable {

    private static final Duration END_WAITS = Duration.ofSeconds(20);

    /** Its bit among the signals a process ignores. */
    private static final long SIGINT = 1L << (2 - 1);

    private final Process process;
    private final List<String> printed = new ArrayList<>();
    private final List<String> complained = new ArrayList<>();
    private final Thread outReader;
    private final Thread errReader;

    private JavaProcess(Process process) {
        this.process = process;
        this.outReader = reader(process.inputReader(StandardCharsets.UTF_8), printed);
        this.errReader = reader(process.errorReader(StandardCharsets.UTF_8), complained);
    }

    /** Runs a class of this JVM's class path with a small heap. */
    public static JavaProcess of(Class<?> main, String... arguments) {
        return of(main, List.of("-Xmx128m"), Map.of(), arguments);
    }

    /** The same with options for the JVM and variables on top of a bare environment. */
    public static JavaProcess of(
            Class<?> main, List<String> jvmOptions, Map<String, String> environment, String... arguments) {
        List<String> options = new ArrayList<>(jvmOptions);
        options.add("-cp");
        options.add(System.getProperty("java.class.path"));
        options.add(main.getName());
        options.addAll(List.of(arguments));
        return start(new File("."), environment, options);
    }

    /** Runs this JVM's {@code java} in a folder, with these arguments and a bare environment with these variables. */
    public static JavaProcess start(File folder, Map<String, String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>(whereInterruptsReachIt());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder);
        String path = System.getenv("PATH");
        builder.environment().clear();
        builder.environment().put("PATH", path);
        builder.environment().putAll(environment);
        try {
            return new JavaProcess(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a line to its standard input. */
    public void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(everything(), e);
        }
    }

    /** Waits until it has printed a line of which this is true, and returns the first such line. */
    public String awaitLine(Predicate<String> wanted, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (printed) {
            for (int next = 0; ; next++) {
                while (next >= printed.size()) {
                    long left = end - System.nanoTime();
                    if (left <= 0 || !outReader.isAlive()) {
                        throw new AssertionError("did not print what was waited for: " + everything());
                    }
                    waitForMore(left);
                }
                if (wanted.test(printed.get(next))) {
                    return printed.get(next);
                }
            }
        }
    }

    /** Waits for the first line that begins like this and returns what follows. */
    public String awaitLineAfter(String beginning, Duration patience) {
        return awaitLine(line -> line.startsWith(beginning), patience).substring(beginning.length());
    }

    /** A build in the background of a shell ignores Ctrl-C, and so would all that it starts. */
    private static List<String> whereInterruptsReachIt() {
        return areInterruptsIgnoredHere() ? List.of("env", "--default-signal=INT") : List.of();
    }

    private static boolean areInterruptsIgnoredHere() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .map(line -> line.substring("SigIgn:".length()).strip())
                    .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) & SIGINT) != 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Asks it to end, as an operator does (SIGTERM), and goes on listening. */
    public void terminate() {
        process.toHandle().destroy(); // the process's own destroy would close what it prints into
    }

    /** Presses Ctrl-C (SIGINT), and goes on listening. */
    public void interrupt() {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends it without asking (SIGKILL). */
    public void kill() {
        process.destroyForcibly();
        exitStatus(END_WAITS);
    }

    /** Waits for its end. */
    public int exitStatus(Duration patience) {
        try {
            if (!process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("did not end within " + patience + ": " + everything());
            }
            outReader.join(END_WAITS.toMillis());
            errReader.join(END_WAITS.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Lines of its standard output so far. */
    public List<String> printed() {
        synchronized (printed) {
            return List.copyOf(printed);
        }
    }

    /** Lines of its standard error so far. */
    public List<String> complained() {
        synchronized (complained) {
            return List.copyOf(complained);
        }
    }

    /** All it has said, for messages. */
    public String everything() {
        return String.join("\n", printed()) + "\n--- standard error:\n" + String.join("\n", complained());
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    private void waitForMore(long nanos) {
        try {
            printed.wait(Math.max(1, Math.min(200, TimeUnit.NANOSECONDS.toMillis(nanos))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Thread reader(BufferedReader from, List<String> into) {
        Thread thread = new Thread(
                () -> {
                    try (from) {
                        for (String line = from.readLine(); line != null; line = from.readLine()) {
                            synchronized (into) {
                                into.add(line);
                                into.notifyAll();
                            }
                        }
                    } catch (IOException e) {
                        synchronized (into) {
                            into.add("(its output broke: " + e + ")");
                        }
                    }
                },
                "output-of-process");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
