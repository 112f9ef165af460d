package io.holisticos.bench.bare;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** One row by its primary key, by plain JDBC from a pool, as JSON. */
@Path("/row/{id}")
@Produces(MediaType.APPLICATION_JSON)
public final class RowResource {

    private static final String QUERY =
            "select profile_id, known, checked_at from sahha_profile_check where profile_id = ?";

    private final DataSource pool;

    RowResource(DataSource pool) {
        this.pool = pool;
    }

    /** What is said of the row. */
    public record Row(String id, boolean known, String checkedAt) {}

    @GET
    public Row row(@PathParam("id") String id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, id);
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw new NotFoundException();
                }
                return new Row(rows.getString(1), rows.getBoolean(2), rows.getString(3));
            }
        }
    }
}
