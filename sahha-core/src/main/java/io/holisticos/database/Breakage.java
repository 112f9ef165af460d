package io.holisticos.database;

import java.net.SocketTimeoutException;
import java.sql.SQLException;

/** What a failure says about the connection that met it. */
public enum Breakage {

    /** Nothing: the statement failed, its connection is as good as before. */
    NONE,

    /** The server did nothing, and on another connection it might: it is read-only here, or a pooler mixed up its sessions. */
    REFUSED,

    /** It is gone. What was under way was done or not. */
    BROKEN,

    /** It is gone after nothing was heard for as long as anybody waits. */
    SILENT;

    /** A node that is, or has become, one for reading only. */
    static final String READ_ONLY = "25006";

    /** Prepared statements that do not exist, or exist already: another session of the server answers than the one before. */
    private static final String MIXED_UP = "26000|42P05";

    /**
     * Connection exceptions (08), the server or an operator ends sessions (57P), limits of idle and long transactions that
     * end the session (25P03, 25P04), no session left behind a pooler (53300).
     */
    private static final String GONE = "08...|57P..|25P03|25P04|53300";

    /** By the first cause that the database, or the way to it, gave. */
    public static Breakage of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return of(sql, sql.getSQLState());
            }
        }
        return NONE;
    }

    private static Breakage of(SQLException failure, String state) {
        if (state.equals(READ_ONLY) || state.matches(MIXED_UP)) {
            return REFUSED;
        }
        if (!state.matches(GONE)) {
            return NONE;
        }
        return isSilence(failure) ? SILENT : BROKEN;
    }

    private static boolean isSilence(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
