package io.holisticos.health;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What failed, in words an operator can act on: "password refused (28P01)". Told by the types of exceptions and by SQL
 * states, never by their messages, which may quote statements, addresses and rows; but for those that are
 * {@link SaidForOperators}.
 */
public final class WhatFailed {

    /** What pools throw when every connection is lent; the types differ, the name does not. */
    private static final String POOL_EXHAUSTED = "PoolExhaustedException";

    /** A schema, table, column, type or function that is not there. */
    private static final Set<String> NOT_MIGRATED = Set.of("3F000", "42P01", "42703", "42704", "42883");

    private WhatFailed() {}

    /** What is known of it, else the name of the deepest exception. */
    public static String inWords(Throwable failure) {
        return of(failure).orElseGet(() -> {
            List<Throwable> chain = chain(failure).toList();
            return chain.get(chain.size() - 1).getClass().getSimpleName();
        });
    }

    /** Empty for what is neither a database's nor a network's doing nor an error of our domain: a fault of ours. */
    public static Optional<String> of(Throwable failure) {
        return sql(failure)
                .or(() -> chain(failure)
                        .map(WhatFailed::network)
                        .filter(word -> word != null)
                        .findFirst())
                .or(() -> said(failure, SaidForOperators.class))
                .or(() -> said(failure, HealthError.class));
    }

    /** Whether the schema is not there yet: it will be, and health check {@code migrations} says so until then. */
    public static boolean isNotMigrated(Throwable failure) {
        return sqlState(failure).filter(NOT_MIGRATED::contains).isPresent();
    }

    private static Optional<String> said(Throwable failure, Class<?> by) {
        return chain(failure).filter(by::isInstance).findFirst().map(error -> String.valueOf(error.getMessage()));
    }

    /** The SQL state of the deepest exception that has one. */
    public static Optional<String> sqlState(Throwable failure) {
        return chain(failure)
                .filter(SQLException.class::isInstance)
                .map(e -> ((SQLException) e).getSQLState())
                .filter(state -> state != null)
                .reduce((outer, inner) -> inner);
    }

    private static Optional<String> sql(Throwable failure) {
        List<Throwable> chain = chain(failure).toList();
        if (chain.stream().noneMatch(SQLException.class::isInstance)) {
            return Optional.empty();
        }
        Optional<String> state = sqlState(failure);
        if (state.isEmpty()) {
            return Optional.of(
                    chain.stream().anyMatch(e -> e.getClass().getSimpleName().equals(POOL_EXHAUSTED))
                            ? "every connection of the pool is in use"
                            : "the database does not answer");
        }
        String network = chain.stream()
                .map(WhatFailed::network)
                .filter(word -> word != null)
                .findFirst()
                .orElse(null);
        return Optional.of(words(state.get(), network) + " (" + state.get() + ")");
    }

    private static String words(String state, @Nullable String network) {
        if (NOT_MIGRATED.contains(state)) {
            return "schema is not migrated: run sahha-db migrate and whoop-db migrate";
        }
        return switch (state) {
            case "08P01" -> "what answers speaks otherwise than PostgreSQL";
            case "28P01", "28000" -> "password refused";
            case "3D000" -> "no such database";
            case "42501" -> "the database user may not do this";
            case "25006" -> "the database is read-only";
            case "40001", "40P01" -> "overtaken by another transaction";
            case "53300" -> "the database has no connection left";
            case "53100" -> "the database's disk is full";
            case "55P03" -> "lock timeout";
            case "57014" -> "statement timeout";
            case "57P01" -> "connection ended by the database";
            case "57P02" -> "the database crashed";
            case "57P03" -> "the database is starting up or shutting down";
            default -> wordsOfClass(state, network);
        };
    }

    private static String wordsOfClass(String state, @Nullable String network) {
        return switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08" -> network == null ? "connection lost" : network;
            case "22" -> "a value the database cannot hold";
            case "23" -> "a row the database's rules refuse";
            case "53" -> "the database has no room left";
            case "57" -> "ended by the database";
            default -> "the statement failed";
        };
    }

    private static @Nullable String network(Throwable e) {
        if (e instanceof UnknownHostException) {
            return "unknown host";
        }
        if (e instanceof SocketTimeoutException) {
            return "no answer in time";
        }
        if (e instanceof NoRouteToHostException) {
            return "no route to the host";
        }
        if (e instanceof ConnectException) {
            return "connection refused";
        }
        if (e.getClass().getName().startsWith("javax.net.ssl.")) {
            return "TLS failed";
        }
        if (e instanceof SocketException || e.getClass().getSimpleName().equals("NoHttpResponseException")) {
            return "connection lost";
        }
        return null;
    }

    /** Bounded: a chain of causes can be a circle. */
    private static Stream<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, t -> t != null, Throwable::getCause).limit(50);
    }
}
