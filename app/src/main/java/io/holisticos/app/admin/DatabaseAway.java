package io.holisticos.app.admin;

import io.holisticos.health.HealthError.SourceUnavailable;
import java.sql.SQLException;

/** Tells a database that does not answer from a fault of ours. */
final class DatabaseAway {

    private DatabaseAway() {}

    static boolean causes(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SourceUnavailable || cause instanceof SQLException) {
                return true;
            }
        }
        return false;
    }
}
