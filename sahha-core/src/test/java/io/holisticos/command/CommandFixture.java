package io.holisticos.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** One command under a clock that stands still until a test moves it. */
public final class CommandFixture implements AutoCloseable {

    public static final SourceName TARGET = new SourceName("stub");
    public static final CommandKey KEY = new CommandKey("STUB_READ");

    final AtomicLong nanos = new AtomicLong(-5_000); // it may begin anywhere
    final MetricRegistry metrics = new MetricRegistry();
    final Commands commands = new Commands(new CommandsConfiguration(), metrics, Clock.systemUTC(), nanos::get);
    final CommandSettings settings = new CommandSettings();
    final ExecutorService callers = Executors.newCachedThreadPool();
    private final CountDownLatch released = new CountDownLatch(1);
    private Command command;

    /** Built at the first use: settings come before. */
    Command command() {
        if (command == null) {
            command = commands.add(
                    TARGET,
                    KEY,
                    settings.over(CommandConfiguration.defaults(Isolation.SEMAPHORE, Duration.ofSeconds(30))));
        }
        return command;
    }

    /** On a pool of one thread, and with nothing waiting for it. */
    CommandFixture onOneThread() {
        isolation(settings, Isolation.THREAD);
        oneThread(settings);
        return this;
    }

    /** The breaker may open after so many calls. */
    public static void requestVolume(CommandSettings settings, int calls) {
        settings.breakerRequestVolume = calls;
    }

    /** A pool of one thread. */
    public static void oneThread(CommandSettings settings) {
        settings.threads = 1;
        settings.maxThreads = 1;
    }

    /** Another isolation. */
    public static void isolation(CommandSettings settings, Isolation isolation) {
        settings.isolation = isolation;
    }

    void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    void succeeds() {
        assertThat(command().run(soon(), () -> "value")).isEqualTo("value");
    }

    void fails() {
        swallow(() -> command().run(soon(), CommandFixture::failure));
    }

    static String failure() {
        throw new SourceUnavailable(TARGET, Duration.ofSeconds(1));
    }

    /** Lets a call begin on another thread and stay inside until the end of the test. */
    void occupies() throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        Command held = command();
        callers.execute(() -> swallow(() -> held.run(soon(), () -> {
            inside.countDown();
            return stay();
        })));
        inside.await();
    }

    /** Until the end of the test, or an interrupt. */
    String stay() {
        try {
            released.await();
            return "late";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailable(TARGET, Duration.ofSeconds(1), e);
        }
    }

    public static void swallow(Supplier<?> call) {
        try {
            Object unused = call.get();
        } catch (RuntimeException expected) {
            assertThat(expected).isNotNull();
        }
    }

    /** Every counter that is not 0, by its suffix: since the start, and the same in the snapshot and in the gauges. */
    Map<String, Long> counted() {
        passes(Duration.ofSeconds(1)); // the part being filled is not included
        CommandSnapshot snapshot = command().snapshot();
        Map<String, Long> counted = new TreeMap<>();
        Arrays.stream(Event.values()).forEach(event -> {
            long count = snapshot.counts().cumulative(event);
            assertThat(snapshot.counts().rolling(event)).as("rolling " + event).isEqualTo(count);
            assertThat(gauge("count" + event.suffix())).isEqualTo(count);
            assertThat(gauge("rollingCount" + event.suffix())).isEqualTo(count);
            counted.put(event.suffix(), count);
        });
        assertThat(gauge("countThrottled")).isEqualTo(snapshot.counts().throttled());
        assertThat(gauge("rollingCountThrottled")).isEqualTo(snapshot.counts().rollingThrottled());
        counted.put("Throttled", snapshot.counts().throttled());
        counted.values().removeIf(count -> count == 0);
        return counted;
    }

    Object gauge(String name) {
        Gauge<?> gauge = metrics.getGauges().get("TENACITY." + KEY + "." + name);
        assertThat(gauge).as(name).isNotNull();
        return gauge.getValue();
    }

    @Override
    public void close() {
        released.countDown();
        callers.shutdownNow();
    }
}
