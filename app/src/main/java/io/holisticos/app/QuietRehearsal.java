package io.holisticos.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.holisticos.app.probes.WarmUp;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** Keeps what the threads of a rehearsal do out of the log: no caller asked for it. The warm-up itself says how it went. */
final class QuietRehearsal extends TurboFilter implements AutoCloseable {

    /** What the names of its threads begin with. */
    static final String THREADS = WarmUp.THREADS;

    private static final String TOLD = WarmUp.class.getName();

    private final LoggerContext loggers;

    private QuietRehearsal(LoggerContext loggers) {
        this.loggers = loggers;
    }

    static QuietRehearsal begin() {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        QuietRehearsal quiet = new QuietRehearsal(loggers);
        quiet.setContext(loggers);
        quiet.start();
        loggers.addTurboFilter(quiet);
        return quiet;
    }

    @Override
    public void close() {
        loggers.getTurboFilterList().remove(this);
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String text,
            @Nullable Object @Nullable [] values,
            @Nullable Throwable thrown) {
        return Thread.currentThread().getName().startsWith(THREADS)
                        && !logger.getName().equals(TOLD)
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
