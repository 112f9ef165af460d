package io.holisticos.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.LayoutBase;
import io.dropwizard.logging.common.layout.DiscoverableLayoutFactory;
import java.util.List;
import java.util.Queue;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is logged from its making until it is closed, for a test to look at. Any thread may write meanwhile; what is
 * returned is how it was at that moment. Dropwizard's logging takes it away at each start, so it is made after that.
 */
public final class LogLines implements AutoCloseable {

    private final Keeper keeper = new Keeper();
    private final List<Logger> loggers;

    private LogLines(Stream<Logger> loggers) {
        this.loggers = loggers.toList();
        keeper.start();
        this.loggers.forEach(logger -> logger.addAppender(keeper));
    }

    /** Of everything in this process. */
    public static LogLines ofAll() {
        return of((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME));
    }

    /** Of what these classes say, as far as their levels let it through. */
    public static LogLines of(Class<?>... speakers) {
        return new LogLines(Stream.of(speakers).map(speaker -> (Logger) LoggerFactory.getLogger(speaker)));
    }

    public static LogLines of(Logger logger) {
        return new LogLines(Stream.of(logger));
    }

    /** In the order of writing. */
    public List<ILoggingEvent> lines() {
        return List.copyOf(keeper.lines);
    }

    /** Their texts, without what else a layout would write. */
    public List<String> messages() {
        return lines().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** As each of the layouts writes each line. */
    @SafeVarargs
    public final List<String> written(DiscoverableLayoutFactory<ILoggingEvent>... factories) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        List<LayoutBase<ILoggingEvent>> layouts = Stream.of(factories)
                .map(factory -> factory.build(context, TimeZone.getTimeZone("UTC")))
                .toList();
        layouts.forEach(LayoutBase::start);
        return lines().stream()
                .flatMap(line -> layouts.stream().map(layout -> layout.doLayout(line)))
                .toList();
    }

    /** Forgets what was said before; a thread that still works may say more of it. */
    public void forget() {
        keeper.lines.clear();
    }

    @Override
    public void close() {
        loggers.forEach(logger -> logger.detachAppender(keeper));
        keeper.stop();
    }

    private static final class Keeper extends AppenderBase<ILoggingEvent> {

        private final Queue<ILoggingEvent> lines = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing(); // or the thread that looks would give its own name and context
            lines.add(line);
        }
    }
}
