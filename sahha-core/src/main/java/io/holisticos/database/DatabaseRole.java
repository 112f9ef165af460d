package io.holisticos.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The role that the service connects as, which needs rows and nothing else: whoever takes over the service can do what its
 * role can.
 */
public final class DatabaseRole {

    /** A role that can become another one counts as that one. The first that applies is told. */
    private static final String MORE_THAN_NEEDED = """
            select case
                when bool_or(able.rolsuper) then 'a superuser'
                when bool_or(able.rolcreaterole) then 'a role that may create roles'
                when exists (select from pg_class held
                    where held.relnamespace = to_regnamespace(current_schema()) and held.relkind in ('r', 'p')
                      and pg_has_role(held.relowner, 'MEMBER')) then 'the owner of its tables'
                when has_schema_privilege(current_schema(), 'CREATE') or has_database_privilege(current_database(), 'CREATE')
                    then 'a role that may create tables'
                end
            from pg_roles able where pg_has_role(able.oid, 'MEMBER')""";

    private DatabaseRole() {}

    /** What the role is beyond a reader and writer of rows, such as "the owner of its tables"; empty when it is nothing more. */
    public static Optional<String> moreThanNeeded(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(MORE_THAN_NEEDED)) {
            row.next();
            return Optional.ofNullable(row.getString(1));
        }
    }
}
