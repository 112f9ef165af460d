package io.holisticos.bench.load;

import io.holisticos.bench.process.BenchFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The twins' own members are held by nobody: a run that has read them forgets them again. */
public final class UnseenMembers {

    private UnseenMembers() {}

    public static void forget(Cluster cluster) {
        for (String database : List.of(Cluster.SAHHA, Cluster.WHOOP)) {
            try (Connection connection = cluster.connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute("set session_replication_role = replica");
                for (TableCopy table : Tables.ofMembers(connection)) {
                    statement.execute(table.forget("demo-%"));
                }
            } catch (SQLException e) {
                throw new BenchFailure("forgetting the twins' members: " + e.getMessage(), e);
            }
        }
    }
}
