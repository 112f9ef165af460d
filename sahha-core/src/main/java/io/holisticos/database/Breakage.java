package io.holisticos.database;

import java.net.SocketTimeoutException;
import java.sql.SQLException;

/** What the failure of a statement says about its connection. */
public enum Breakage {

    /** Nothing: the statement failed, and the connection can be used again. */
    NONE,

    /** The server did nothing, but may do it on another connection: this one is read-only, or a pooler mixed up sessions. */
    REFUSED,

    /** The connection is gone. It is unknown whether the statement was done. */
    BROKEN,

    /** The connection is gone because the server did not answer within the timeout. */
    SILENT;

    /** The server is read-only, or became so. */
    static final String READ_ONLY = "25006";

    /** A prepared statement does not exist, or exists already, because a pooler passed the statement to another session. */
    private static final String MIXED_UP = "26000|42P05";

    /**
     * Connection exceptions (08), sessions ended by the server or an operator (57P), sessions ended because a transaction
     * was idle or too long (25P03, 25P04), no session left behind a pooler (53300).
     */
    private static final String GONE = "08...|57P..|25P03|25P04|53300";

    /** Decides by the first cause that has an SQL state. */
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
