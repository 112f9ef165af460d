package io.holisticos.whoop.sync;

import io.holisticos.database.Breakage;
import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionException;

/** Trouble of the database that passes: the same statement works once it is there again, or less busy, or writable. */
final class DatabaseOutage {

    /** Connection lost (08), lost against another transaction (40), no resources (53), no lock (55), stopped (57). */
    private static final String PASSES = "(08|40|53|55|57).*";

    private DatabaseOutage() {}

    static boolean isCauseOf(Throwable failure) {
        return Breakage.of(failure) != Breakage.NONE || passes(failure);
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
