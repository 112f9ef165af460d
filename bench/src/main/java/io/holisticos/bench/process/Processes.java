package io.holisticos.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Everything that was started, each with its output in a file. Closing ends it in reverse order. Thread-safe. */
public final class Processes implements AutoCloseable {

    private final Path logs;
    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private boolean closed;

    private Processes(Path logs) {
        this.logs = logs;
    }

    /** Ends everything when this JVM ends, too, by Ctrl-C for example. */
    public static Processes endingWithThisOne() {
        try {
            Processes processes = new Processes(Files.createTempDirectory("bench-"));
            Runtime.getRuntime().addShutdownHook(new Thread(processes::close, "bench-end"));
            return processes;
        } catch (IOException e) {
            throw new BenchFailure("no folder for logs can be made: " + e.getMessage(), e);
        }
    }

    /** The folder of the logs, for other files of a run as well. */
    public Path folder() {
        return logs;
    }

    /** Starts a command; its output goes to a file of that name. */
    public synchronized StartedProcess start(String name, Map<String, String> environment, List<String> command) {
        requireOpen();
        Path log = logs.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            StartedProcess process = new StartedProcess(name, builder.start(), log);
            started.push(process);
            return process;
        } catch (IOException e) {
            throw new BenchFailure(
                    name + " cannot be started: " + e.getMessage() + ". Is " + command.get(0) + " installed?", e);
        }
    }

    /** Closes something else at the end, before whatever was added earlier. */
    public synchronized <T extends AutoCloseable> T add(T other) {
        requireOpen();
        started.push(other);
        return other;
    }

    private void requireOpen() {
        if (closed) {
            throw new BenchFailure("the bench is ending");
        }
    }

    /** Ends one thing now. */
    public void end(AutoCloseable one) {
        synchronized (this) {
            started.remove(one);
        }
        quietly(one);
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!started.isEmpty()) {
            quietly(started.pop());
        }
    }

    private static void quietly(AutoCloseable one) {
        try {
            one.close();
        } catch (Exception e) { // whatever it is, the others have to end, too
            System.err.println("while ending: " + e);
        }
    }
}
