package io.holisticos.health;

import java.sql.SQLException;

/** What a database answers that is not migrated yet: it will be, and health check {@code migrations} says so until then. */
public final class MissingTable {

    private static final String UNDEFINED_TABLE = "42P01";

    private MissingTable() {}

    /** Whether something failed for the lack of a table. */
    public static boolean isCauseOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && UNDEFINED_TABLE.equals(sql.getSQLState())) {
                return true;
            }
        }
        return false;
    }
}
