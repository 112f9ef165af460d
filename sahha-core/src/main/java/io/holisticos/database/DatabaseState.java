package io.holisticos.database;

import io.holisticos.health.WhatFailed;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.apache.tomcat.jdbc.pool.PoolExhaustedException;

/**
 * Whether a database can be used, as seen by a borrower of its pool.
 *
 * @param words what is wrong and what to do, for operators
 */
public record DatabaseState(Condition condition, String words) {

    /** What the database can be used for. */
    public enum Condition {
        WRITABLE,
        /** It can be read, but not written. */
        READ_ONLY,
        /** All connections of the pool are in use: the database works, but has too much to do. */
        BUSY,
        /** It does not answer, or refuses every connection. */
        AWAY
    }

    private static final String STATE = "select current_setting('transaction_read_only')::boolean, pg_is_in_recovery()";

    /** Asks the database now. */
    public static DatabaseState of(DataSource pool) {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(STATE)) {
            row.next();
            return row.getBoolean(1) ? readOnly(row.getBoolean(2)) : new DatabaseState(Condition.WRITABLE, "writable");
        } catch (PoolExhaustedException e) {
            return new DatabaseState(
                    Condition.BUSY,
                    "every connection of the pool is in use: look for statements that wait, or raise its maxSize");
        } catch (SQLException e) {
            return new DatabaseState(Condition.AWAY, WhatFailed.inWords(e) + hint(e));
        }
    }

    private static DatabaseState readOnly(boolean standby) {
        return new DatabaseState(
                Condition.READ_ONLY,
                standby
                        ? "the database is read-only: this server is a standby, let the url lead to the primary"
                        : "the database is read-only: default_transaction_read_only is on for this server, database or user");
    }

    /** What an operator can do about the failure; empty when that is not known. */
    private static String hint(SQLException failure) {
        return switch (WhatFailed.sqlState(failure).orElse("")) {
            case "53300" ->
                ": the line event=database_connections says how many each replica may open, compare max_connections";
            case "08P01" -> ": PgBouncer needs ignore_startup_parameters = extra_float_digits, options";
            default -> "";
        };
    }
}
