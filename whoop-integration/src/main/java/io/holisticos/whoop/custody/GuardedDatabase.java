package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.database.Breakage;
import io.holisticos.health.HealthError.SourceUnavailable;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * WHOOP's database, which a store may find away, busy or read-only: all of these are {@link SourceUnavailable}. Any other
 * failure of a statement is a fault of ours and is thrown as it is. Thread-safe.
 */
public final class GuardedDatabase {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Connection lost (08), lost against another transaction (40), no resources (53), no lock (55), stopped (57). */
    private static final String PASSES = "(08|40|53|55|57).*";

    private final Jdbi jdbi;

    public GuardedDatabase(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** @throws SourceUnavailable when the database cannot do it for now */
    public <T> T withHandle(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw translated(e);
        }
    }

    /** @throws SourceUnavailable when the database cannot do it for now */
    public <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.inTransaction(work);
        } catch (JdbiException e) {
            throw translated(e);
        }
    }

    /** Whether a unique index refused a row. */
    static boolean isDuplicate(JdbiException e) {
        return e.getCause() instanceof SQLException sql && "23505".equals(sql.getSQLState());
    }

    private static RuntimeException translated(JdbiException e) {
        return Breakage.of(e) != Breakage.NONE || passes(e) ? new SourceUnavailable(WHOOP, RETRY_AFTER, e) : e;
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
