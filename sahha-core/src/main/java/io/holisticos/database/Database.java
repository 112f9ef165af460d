package io.holisticos.database;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.WhatFailed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * The database of a store. It translates failures that pass by themselves into {@link SourceUnavailable}, which is 503 on
 * every route: the database is away, read-only, too busy, not migrated yet, or its role lacks a privilege. Any other failure of a statement stays a
 * {@link JdbiException}. Thread-safe.
 */
public final class Database {

    /**
     * Connection lost (08), login or privilege missing (28, 42501), lost against another transaction (40), no resources
     * (53), no lock (55), stopped (57).
     */
    private static final String PASSES = "(08|28|40|53|55|57).*|42501";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final Jdbi jdbi;
    private final SourceName source;
    private final Duration retryAfter;

    /** @param source what callers are told is not available */
    public Database(Jdbi jdbi, SourceName source) {
        this(jdbi, source, RETRY_AFTER);
    }

    /** @param retryAfter when callers are told to try again */
    public Database(Jdbi jdbi, SourceName source, Duration retryAfter) {
        this.jdbi = jdbi;
        this.source = source;
        this.retryAfter = retryAfter;
    }

    /** Runs statements. They belong to the transaction that this thread has begun here, if there is one. */
    public <T> T withHandle(HandleCallback<T, RuntimeException> statements) {
        return translated(() -> jdbi.withHandle(statements));
    }

    /** As {@link #withHandle}, for statements without a result. */
    public void useHandle(HandleConsumer<RuntimeException> statements) {
        translated(() -> {
            jdbi.useHandle(statements);
            return true;
        });
    }

    /** Runs work in one transaction, which other stores of this database join when they are called from it. */
    public <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        return translated(() -> jdbi.inTransaction(work));
    }

    /** Whether a unique index refused a row. */
    public static boolean isDuplicate(JdbiException failure) {
        return failure.getCause() instanceof SQLException sql && "23505".equals(sql.getSQLState());
    }

    private <T> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (JdbiException e) {
            if (isUnavailable(e)) {
                throw new SourceUnavailable(source, retryAfter, e);
            }
            throw e;
        }
    }

    /** Whether the same statement works once the database is there again, or less busy, or writable, or migrated. */
    public static boolean isUnavailable(Throwable failure) {
        return Breakage.of(failure) != Breakage.NONE || passes(failure) || WhatFailed.isNotMigrated(failure);
    }

    private static boolean passes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectionException
                    || (cause instanceof SQLException sql
                            && sql.getSQLState() != null
                            && sql.getSQLState().matches(PASSES))) {
                return true;
            }
        }
        return false;
    }
}
