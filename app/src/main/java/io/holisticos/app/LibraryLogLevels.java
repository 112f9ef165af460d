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
 * Keeps the loggers of libraries at these levels or above. Below them they print addresses, headers, bodies, bound
 * values or ids of members. What they say of clients that went away is one short line of ours. No configuration and no task can lower them. Thread-safe.
 */
final class LibraryLogLevels extends TurboFilter {

    private static final org.slf4j.Logger log = LoggerFactory.getLogger(LibraryLogLevels.class);

    private static final List<String> SERVER =
            List.of("org.glassfish.jersey.server.", "org.eclipse.jetty.", "io.dropwizard.");

    private record Floor(String loggers, Level lowest) {}

    /** The first entry that fits a logger counts. */
    private static final List<Floor> FLOORS = List.of(
            new Floor("org.glassfish.jersey", Level.ERROR), // addresses of callbacks, and hints for developers
            new Floor("org.eclipse.jetty.ee10.servlet", Level.ERROR), // the address of a request that failed
            new Floor("org.eclipse.jetty.server.handler", Level.ERROR),
            new Floor("org.eclipse.jetty.server.internal", Level.ERROR),
            new Floor("org.eclipse.jetty.http", Level.ERROR),
            new Floor("org.eclipse.jetty.util.HostPort", Level.ERROR), // what a request calls us
            new Floor("org.eclipse.jetty", Level.INFO),
            new Floor("org.apache.hc", Level.WARN), // credentials and bodies on the wire
            new Floor("jdk.internal.httpclient", Level.WARN),
            new Floor("org.postgresql", Level.WARN),
            new Floor("org.jdbi", Level.WARN),
            new Floor("redis.clients", Level.ERROR), // what could not be done is said by us, once a minute
            new Floor("com.nimbusds", Level.WARN),
            new Floor("freemarker", Level.ERROR),
            new Floor("io.dropwizard.jersey", Level.WARN),
            new Floor("io.dropwizard.lifecycle", Level.INFO), // all properties of the pools
            // names jobs by ids of members; event=job_failed and event=job_dead say the same without
            new Floor("com.github.kagkarlsson", Level.OFF),
            new Floor("liquibase", Level.WARN));

    /** The same for commands, which print one line of their own. */
    private static final List<Floor> OF_COMMANDS =
            List.of(new Floor("org.apache.tomcat.jdbc", Level.OFF), new Floor("liquibase", Level.OFF));

    private final List<Floor> floors;
    private final Map<String, Level> lowest = new ConcurrentHashMap<>();

    private LibraryLogLevels(List<Floor> floors) {
        this.floors = floors;
    }

    /** Sets them for all loggers of the process. */
    static void install() {
        install(FLOORS);
    }

    static void installForCommands() {
        install(Stream.concat(OF_COMMANDS.stream(), FLOORS.stream()).toList());
    }

    private static void install(List<Floor> floors) {
        LoggerContext loggers = (LoggerContext) LoggerFactory.getILoggerFactory();
        loggers.getTurboFilterList().removeIf(LibraryLogLevels.class::isInstance);
        LibraryLogLevels filter = new LibraryLogLevels(floors);
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
        Level known = lowest.get(logger.getName()); // which takes no lock
        Level floor = known == null ? lowest.computeIfAbsent(logger.getName(), this::floorOf) : known;
        if (!level.isGreaterOrEqual(floor)) {
            return FilterReply.DENY;
        }
        if (thrown != null && isOfTheServer(logger) && ClientGone.causes(thrown)) {
            log.debug("event=client_gone logger={}", logger.getName());
            return FilterReply.DENY;
        }
        return FilterReply.NEUTRAL;
    }

    /** Those that write answers; whoever calls others knows better what it means that these are gone. */
    private static boolean isOfTheServer(Logger logger) {
        return SERVER.stream().anyMatch(logger.getName()::startsWith);
    }

    private Level floorOf(String logger) {
        return floors.stream()
                .filter(floor -> logger.equals(floor.loggers()) || logger.startsWith(floor.loggers() + "."))
                .findFirst()
                .map(Floor::lowest)
                .orElse(Level.ALL);
    }
}
