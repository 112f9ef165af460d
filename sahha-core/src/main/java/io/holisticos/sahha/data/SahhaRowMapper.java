package io.holisticos.sahha.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.database.InstantColumn;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads a row by the names of its columns. JDBI's mapper of constructors would do the same, but it looks through the record's
 * annotations once for each statement, which allocates more than the rows of a week.
 *
 * @param json of column {@code data}
 */
record SahhaRowMapper(ColumnMapper<JsonNode> json) implements RowMapper<SahhaRow> {

    private static final InstantColumn INSTANT = new InstantColumn();

    @Override
    public SahhaRow map(ResultSet row, StatementContext context) throws SQLException {
        return new SahhaRow(
                row.getString("id"),
                row.getString("profile_id"),
                row.getString("name"),
                row.getString("category"),
                row.getString("periodicity"),
                row.getString("value"),
                row.getString("state"),
                instant(row, "start_at", context),
                instant(row, "end_at", context),
                SahhaDatabase.offset(row, row.findColumn("utc_offset_seconds"), context),
                row.getObject("day", LocalDate.class),
                instant(row, "source_created_at", context),
                instant(row, "fetch_begun_at", context),
                instant(row, "recorded_at", context),
                json.map(row, row.findColumn("data"), context),
                instant(row, "created_at", context),
                instant(row, "updated_at", context));
    }

    private static @Nullable Instant instant(ResultSet row, String column, StatementContext context)
            throws SQLException {
        return INSTANT.map(row, row.findColumn(column), context);
    }
}
