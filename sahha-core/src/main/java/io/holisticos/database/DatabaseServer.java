package io.holisticos.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;

/**
 * The server that a database lies on, and how many connections there is room for.
 *
 * @param version such as {@code 16.4}
 * @param startedAt together with the port it tells whether two databases lie on one server
 * @param room how many connections roles like ours may have open at once, by the server's limit, and those of the database and of
 *     our role
 */
public record DatabaseServer(String version, int port, Instant startedAt, int room) {

    /** Servers before 16 reserve none for roles of {@code pg_use_reserved_connections}. A limit of -1 is none. */
    private static final String SERVER = """
            select current_setting('server_version'), coalesce(inet_server_port(), 0), pg_postmaster_start_time(),
                least(
                    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                        - coalesce(current_setting('reserved_connections', true)::int, 0),
                    (select nullif(d.datconnlimit, -1) from pg_database d where d.datname = current_database()),
                    (select nullif(r.rolconnlimit, -1) from pg_roles r where r.rolname = current_user))""";

    /** Asks the server now. */
    public static DatabaseServer of(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SERVER)) {
            row.next();
            return new DatabaseServer(
                    row.getString(1).replaceAll(" .*", ""),
                    row.getInt(2),
                    row.getObject(3, OffsetDateTime.class).toInstant(),
                    row.getInt(4));
        }
    }

    /** Whether both lie on one server, whose connections they share. */
    public boolean isSameAs(DatabaseServer other) {
        return port == other.port && startedAt.equals(other.startedAt);
    }
}
