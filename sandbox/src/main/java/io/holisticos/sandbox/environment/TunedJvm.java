package io.holisticos.sandbox.environment;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs a command in a JVM with options that suit it. A jar's manifest cannot hold JVM options, so the command runs in a
 * second process. Both processes end together.
 */
public enum TunedJvm {

    /** For the sandbox, where compiling for peak speed would take as long as the start itself. */
    QUICK_START("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"),

    /**
     * For minutes of work spread over a lot of code. With less inlining and no loop optimizations the compilers take a
     * third less time, which a machine with two processors spends on the work instead.
     */
    BROAD_WORK(
            "-XX:MaxInlineLevel=9",
            "-XX:InlineSmallCode=1000",
            "-XX:FreqInlineSize=150",
            "-XX:LoopOptsCount=10",
            "-XX:LoopUnrollLimit=4",
            "-XX:-UseLoopPredicate",
            "-XX:-UseProfiledLoopPredicate",
            "-XX:-PartialPeelLoop",
            "-XX:-UseSuperWord",
            "--enable-native-access=ALL-UNNAMED"); // the socket file needs native code

    private static final String STARTED = "sandbox.started";
    private static final List<String> ALWAYS = List.of("-XX:+UseSerialGC", "-XX:+IgnoreUnrecognizedVMOptions");
    private static final Duration CHILD_ENDS_WITHIN = Duration.ofSeconds(5);

    private final List<String> flags;

    TunedJvm(String... flags) {
        this.flags = List.of(flags);
    }

    /** Whether this JVM is the second process, or has options that a person chose: then the command runs here. */
    public static boolean isHere() {
        return System.getProperty(STARTED) != null
                || ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .anyMatch(argument -> argument.startsWith("-X"));
    }

    /** When the first process started, on this process's monotonic clock. */
    public static long startNanos() {
        long startMillis =
                Long.getLong(STARTED, ManagementFactory.getRuntimeMXBean().getStartTime());
        long sinceMillis = ManagementFactory.getRuntimeMXBean().getStartTime()
                + ManagementFactory.getRuntimeMXBean().getUptime()
                - startMillis;
        return System.nanoTime() - Duration.ofMillis(sinceMillis).toNanos();
    }

    /** Runs the main class in a second process and returns its exit status; this process takes it along when it ends. */
    public int run(Class<?> mainClass, List<String> args) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ALWAYS);
        command.addAll(flags);
        command.add("-D" + STARTED + "=" + ManagementFactory.getRuntimeMXBean().getStartTime());
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass.getName());
        command.addAll(args);
        try {
            Process child = new ProcessBuilder(command).inheritIO().start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(child), "sandbox-end"));
            return child.waitFor();
        } catch (IOException e) {
            throw new SandboxFailure("a second JVM does not start: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /** Ends the second process when the first one is gone, however that happened. */
    public static void endWithParent() {
        if (System.getProperty(STARTED) != null) {
            ProcessHandle.current().parent().ifPresent(TunedJvm::endAfter);
        }
    }

    private static void endAfter(ProcessHandle parent) {
        CompletableFuture<Void> unused = parent.onExit().thenRun(() -> System.exit(0));
    }

    private static void end(Process child) {
        child.destroy();
        try {
            if (!child.waitFor(CHILD_ENDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                child.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
