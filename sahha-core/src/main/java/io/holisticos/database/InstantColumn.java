package io.holisticos.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@code timestamptz} as an {@link Instant}, for mappers of rows. Null for null, and for times
 * outside of the years 1 to 9999: other services may write {@code infinity}.
 */
public final class InstantColumn implements ColumnMapper<Instant> {

    private static final int FIRST_YEAR = 1;
    private static final int LAST_YEAR = 9999;

    @Override
    public @Nullable Instant map(ResultSet row, int column, StatementContext context) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null || time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR ? null : time.toInstant();
    }
}
