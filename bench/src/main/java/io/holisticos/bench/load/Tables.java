package io.holisticos.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The tables of a database that hold something of members, and their indexes. */
final class Tables {

    /**
     * Left out are changes that are not committed yet, events and consents under way, and the archive of what WHOOP sent: no
     * request reads it, and sealing millions of payloads would be most of the work.
     */
    private static final String OF_MEMBERS = """
            select c.relname, a.attname from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attname in ('profile_id', 'user_id') and not a.attisdropped
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
              and c.relname !~ '_(noted_change|inbox|authorization|press|archive)$'
              and c.relname not in ('member_key', 'member_key_destroyed')
            order by c.relname""";

    private static final String INDEXES = """
            select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), coalesce(con.conname, ''),
                   coalesce(pg_get_constraintdef(con.oid), '')
            from pg_index i left join pg_constraint con on con.conindid = i.indexrelid and con.contype in ('p', 'u')
            where i.indrelid = to_regclass(?)""";

    private Tables() {}

    static List<TableCopy> ofMembers(Connection connection) throws SQLException {
        List<TableCopy> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(OF_MEMBERS)) {
            while (rows.next()) {
                found.add(TableCopy.of(connection, rows.getString(1), rows.getString(2)));
            }
        }
        return found;
    }

    /** Takes the indexes of a table away; returns the statements that make them again. A partitioned table keeps its own. */
    static List<String> dropIndexes(Connection connection, String table) throws SQLException {
        List<String> again = new ArrayList<>();
        List<String> drops = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(INDEXES)) {
            statement.setString(1, isPartitioned(connection, table) ? "" : table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String constraint = rows.getString(3);
                    if (constraint.isEmpty()) {
                        drops.add("drop index " + rows.getString(1));
                        again.add(rows.getString(2));
                    } else {
                        drops.add("alter table " + table + " drop constraint " + constraint);
                        again.add("alter table " + table + " add constraint " + constraint + " " + rows.getString(4));
                    }
                }
            }
        }
        try (Statement statement = connection.createStatement()) {
            for (String drop : drops) {
                statement.execute(drop);
            }
        }
        return again;
    }

    private static boolean isPartitioned(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select relkind = 'p' from pg_class where oid = to_regclass(?)")) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }
}
