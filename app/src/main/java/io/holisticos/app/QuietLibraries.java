package io.holisticos.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Below these levels libraries print whole addresses, headers, bodies, bound values or ids of members. No configuration
 * and no task brings them lower. Thread-safe.
 */
final class QuietLibraries extends TurboFilter {

    private record Floor(String loggers, Level lowest) {}

    /** The first that fits. */
    private static final List<Floor> FLOORS = List.of(
            new Floor("org.glassfish.jersey", Level.ERROR), // addresses of callbacks; hints meant for developers
            new Floor("org.eclipse.jetty.ee10.servlet", Level.ERROR), // the address of what failed
            new Floor("org.eclipse.jetty.server.handler", Level.ERROR),
            new Floor("org.eclipse.jetty.server.internal", Level.ERROR),
            new Floor("org.eclipse.jetty.http", Level.ERROR),
            new Floor("org.eclipse.jetty", Level.INFO),
            new Floor("org.apache.hc", Level.WARN), // credentials and bodies on the wire
            new Floor("jdk.internal.httpclient", Level.WARN),
            new Floor("org.postgresql", Level.WARN),
            new Floor("org.jdbi", Level.WARN),
            new Floor("com.nimbusds", Level.WARN),
            new Floor("freemarker", Level.ERROR),
            new Floor("io.dropwizard.jersey", Level.WARN),
            new Floor("io.dropwizard.lifecycle", Level.INFO), // all that is known of the pools
            // names jobs by the ids of members; event=job_failed and event=job_dead say what it would
            new Floor("com.github.kagkarlsson", Level.OFF),
            new Floor("liquibase", Level.WARN));

    /** Commands answer with one line of their own. */
    private static final List<Floor> OF_COMMANDS =
            List.of(new Floor("org.apache.tomcat.jdbc", Level.OFF), new Floor("liquibase", Level.OFF));

    private final List<Floor> floors;
    private final Map<String, Level> lowest = new ConcurrentHashMap<>();

    private QuietLibraries(List<Floor> floors) {
        this.floors = floors;
    }

    /** For all of the process's loggers. */
    static void install() {
        install(FLOORS);
    }

    static void installForCommands() {
        install(Stream.concat(OF_COMMANDS.stream(), FLOORS.stream()).toList());
    }

    private static void install(List<Floor> floors) {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.getTurboFilterList().removeIf(QuietLibraries.class::isInstance);
        QuietLibraries filter = new QuietLibraries(floors);
        filter.setContext(loggers);
        filter.start();
        loggers.addTurboFilter(filter);
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String text,
            @Nullable Object @Nullable [] values,
            @Nullable Throwable thrown) {
        Level floor = lowest.computeIfAbsent(logger.getName(), this::floorOf);
        return level.isGreaterOrEqual(floor) ? FilterReply.NEUTRAL : FilterReply.DENY;
    }

    private Level floorOf(String logger) {
        return floors.stream()
                .filter(floor -> logger.equals(floor.loggers()) || logger.startsWith(floor.loggers() + "."))
                .findFirst()
                .map(Floor::lowest)
                .orElse(Level.ALL);
    }
}
