package io.holisticos.health;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes a failure in words that an operator can act on: "password refused (28P01)". The words come from the types of
 * exceptions and from SQL states. Messages are not used, since they may quote statements, addresses and rows, except those of
 * a {@link MessageForOperators}.
 */
public final class WhatFailed {

    /** The name of the exception that pools throw when every connection is in use; the types differ. */
    private static final String POOL_EXHAUSTED = "PoolExhaustedException";

    /** The SQL state of a connection that is broken. */
    private static final String BROKEN = "08006";

    /** SQL states of a missing schema, table, column, type or function. */
    private static final Set<String> NOT_MIGRATED = Set.of("3F000", "42P01", "42703", "42704", "42883");

    private WhatFailed() {}

    /** The description, else the name of the deepest exception. */
    public static String inWords(Throwable failure) {
        return of(failure).orElseGet(() -> {
            List<Throwable> chain = chain(failure).toList();
            return chain.get(chain.size() - 1).getClass().getSimpleName();
        });
    }

    /** The description of a failure of a database, of the network or of our domain; empty for any other, which is our own fault. */
    public static Optional<String> of(Throwable failure) {
        return sql(failure)
                .or(() -> chain(failure)
                        .map(WhatFailed::network)
                        .filter(word -> word != null)
                        .findFirst())
                .or(() -> said(failure, MessageForOperators.class))
                .or(() -> said(failure, HealthError.class));
    }

    /** Whether the schema is not migrated yet. Health check {@code migrations} shows that until it is. */
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
                .orElseGet(() -> unnamed(chain.get(chain.size() - 1)));
        return Optional.of(words(state.get(), network) + " (" + state.get() + ")");
    }

    /** The driver breaks a connection by itself, without a cause, when the certificate names another host. */
    private static @Nullable String unnamed(Throwable deepest) {
        return deepest instanceof SQLException broken && BROKEN.equals(broken.getSQLState())
                ? "connection lost, or its certificate names another host"
                : null;
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
            return chain(e).anyMatch(WhatFailed::isAboutACertificate)
                    ? "TLS failed: its certificate is not accepted"
                    : "TLS failed";
        }
        if (e instanceof SocketException || e.getClass().getSimpleName().equals("NoHttpResponseException")) {
            return "connection lost";
        }
        return null;
    }

    private static boolean isAboutACertificate(Throwable e) {
        return e instanceof CertificateException
                || e instanceof CertPathValidatorException
                || e instanceof CertPathBuilderException;
    }

    /** The causes; limited, since a chain of causes can be circular. */
    private static Stream<Throwable> chain(Throwable failure) {
        return Stream.iterate(failure, t -> t != null, Throwable::getCause).limit(50);
    }
}
