package io.holisticos.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.WhatFailed;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.spi.LocationAwareLogger;

/**
 * Lets one log line through for each cause of trouble, and while the trouble lasts one line a minute, with the number
 * of repetitions ({@code repeated}). It does so for every logger: sources, jobs, webhooks and libraries. A failure of a
 * database or a network is logged as {@code cause="…"} instead of a stack trace; a fault of ours keeps its stack trace.
 * Thread-safe.
 */
final class LogThrottle extends TurboFilter {

    private static final long PERIOD = Duration.ofMinutes(1).toNanos();
    private static final Duration LOOKS_EVERY = Duration.ofSeconds(5);

    /** With more causes than this at a time, lines are written as they come. */
    private static final int MOST_CAUSES = 1_000;

    /** Fields that count or measure. They do not make two lines differ. */
    private static final Set<String> COUNTS = Set.of("failures", "tries", "count", "version", "repeated", "connected");

    /** Fields that say who was affected. In lines that say which fault it is, they do not make two lines differ. */
    private static final Set<String> WHOM = Set.of("member", "command", "job_id");

    private static final Set<String> FAULTS = Set.of("kind", "cause", "status", "error");

    private static final String FQCN = Logger.class.getName();

    private final Map<Cause, Met> causes = new ConcurrentHashMap<>();
    private final ThreadLocal<Boolean> speaking = ThreadLocal.withInitial(() -> false);
    private final LongSupplier nanoTime;
    private @Nullable ScheduledExecutorService timer;

    LogThrottle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        setName("once-per-minute");
    }

    /** The key by which two lines are the same trouble. */
    private record Cause(String logger, Level level, String text, List<String> said, String thrown) {}

    /**
     * A line as it is to be written.
     *
     * @param values without the exception: an argument behind it would let it be taken for a value
     */
    private record Line(
            Logger logger,
            Level level,
            String text,
            @Nullable Object[] values,
            @Nullable Throwable thrown) {

        static Line of(
                Logger logger,
                Level level,
                String text,
                @Nullable Object @Nullable [] given,
                @Nullable Throwable apart) {
            @Nullable Object[] values = given == null ? new Object[0] : given;
            boolean isLast = values.length > 0 && values[values.length - 1] instanceof Throwable;
            if (apart != null || !isLast) {
                return new Line(logger, level, text, values, apart);
            }
            int last = values.length - 1;
            return new Line(logger, level, text, Arrays.copyOf(values, last), (Throwable) values[last]);
        }

        /** The same line with more fields at its end. */
        Line with(String fields, @Nullable Throwable trace, Object... more) {
            @Nullable
            Object[] all =
                    Stream.concat(Arrays.stream(values), Arrays.stream(more)).toArray();
            return new Line(logger, level, text + fields, all, trace);
        }
    }

    /** One cause of trouble, since its last line. */
    private static final class Met {
        private final Line line;
        private long since;
        private long again;

        Met(Line line, long since) {
            this.line = line;
            this.since = since;
        }
    }

    /**
     * Installs the filter for all loggers of the process, whatever their appenders and layouts. It ends with the
     * service.
     */
    static Managed install() {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.getTurboFilterList().removeIf(LogThrottle.class::isInstance);
        LogThrottle filter = new LogThrottle(System::nanoTime);
        filter.setContext(loggers);
        filter.start();
        loggers.addTurboFilter(filter);
        return new Managed() {
            @Override
            public void stop() {
                loggers.getTurboFilterList().remove(filter);
                filter.sayWhatWasRepeated(0);
                filter.stop();
            }
        };
    }

    @Override
    public void start() {
        super.start();
        ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(LogThrottle::daemon);
        ScheduledFuture<?> unused = looks.scheduleWithFixedDelay(
                () -> sayWhatWasRepeated(PERIOD),
                LOOKS_EVERY.toMillis(),
                LOOKS_EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
        timer = looks;
    }

    @Override
    public void stop() {
        ScheduledExecutorService looks = timer;
        if (looks != null) {
            looks.shutdownNow();
        }
        super.stop();
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String text,
            @Nullable Object @Nullable [] values,
            @Nullable Throwable apart) {
        if (text == null
                || !level.isGreaterOrEqual(Level.WARN)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())
                || speaking.get()) {
            return FilterReply.NEUTRAL;
        }
        Line given = Line.of(logger, level, text, values, apart);
        Line line = lineOf(given);
        Cause cause = causeOf(given);
        if (causes.size() >= MOST_CAUSES && !causes.containsKey(cause)) {
            return FilterReply.NEUTRAL;
        }
        long now = nanoTime.getAsLong();
        Met met = causes.computeIfAbsent(cause, first -> new Met(line, now - PERIOD));
        long repeated;
        synchronized (met) {
            if (now - met.since < PERIOD) {
                met.again++;
                return FilterReply.DENY;
            }
            repeated = met.again;
            met.since = now;
            met.again = 0;
        }
        if (repeated == 0 && line == given) {
            return FilterReply.NEUTRAL; // unchanged
        }
        say(line, repeated);
        return FilterReply.DENY;
    }

    /** @param period how long a cause is silent after its line. A cause that was not met again by then is forgotten */
    void sayWhatWasRepeated(long period) {
        long now = nanoTime.getAsLong();
        causes.forEach((cause, met) -> {
            long repeated;
            synchronized (met) {
                if (now - met.since < period) {
                    return;
                }
                repeated = met.again;
                met.since = now;
                met.again = 0;
            }
            if (repeated == 0) {
                causes.remove(cause, met);
            } else {
                say(met.line, repeated);
            }
        });
    }

    private void say(Line once, long repeated) {
        Line line = repeated == 0 ? once : once.with(" repeated={}", once.thrown(), repeated);
        speaking.set(true);
        try {
            line.logger().log(null, FQCN, slf4j(line.level()), line.text(), line.values(), line.thrown());
        } finally {
            speaking.remove();
        }
    }

    /** A failure of a database or a network needs no stack trace, but the place in our code where it was met. */
    private static Line lineOf(Line given) {
        Throwable thrown = given.thrown();
        String words = thrown == null ? null : WhatFailed.of(thrown).orElse(null);
        return thrown == null || words == null
                ? given
                : given.with(" cause=\"{}\" at={}", null, words, placeOf(thrown));
    }

    private static Cause causeOf(Line line) {
        Throwable thrown = line.thrown();
        Map<String, Object> fields = EventFields.of(line.text(), line.values());
        boolean fault = thrown != null || fields.keySet().stream().anyMatch(FAULTS::contains);
        List<String> said = fields.isEmpty()
                ? Arrays.stream(line.values()).map(String::valueOf).toList()
                : fields.entrySet().stream()
                        .filter(field -> !isBeside(field.getKey(), fault, thrown != null))
                        .map(field -> field.getKey() + '=' + field.getValue())
                        .toList();
        String what = thrown == null
                ? ""
                : WhatFailed.of(thrown).orElseGet(() -> thrown.getClass().getName() + placeOf(thrown));
        return new Cause(line.logger().getName(), line.level(), line.text(), said, what);
    }

    private static boolean isBeside(String field, boolean fault, boolean thrown) {
        return COUNTS.contains(field)
                || field.endsWith("_ms")
                || (fault && WHOM.contains(field))
                || (thrown && field.equals("id")); // ids of the one request that met it
    }

    private static String placeOf(Throwable thrown) {
        return Stream.iterate(thrown, t -> t != null, Throwable::getCause)
                .limit(50)
                .flatMap(t -> Stream.of(t.getStackTrace()))
                .filter(frame -> frame.getClassName().startsWith("io.holisticos."))
                .findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElse("elsewhere");
    }

    private static int slf4j(Level level) {
        return level.isGreaterOrEqual(Level.ERROR) ? LocationAwareLogger.ERROR_INT : LocationAwareLogger.WARN_INT;
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "log-repeats");
        thread.setDaemon(true);
        return thread;
    }
}
