package io.holisticos.sahha.data;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * What is held of the biomarkers of some days.
 *
 * @param rows newest first; of their data only the unit
 * @param sources which sources recorded what, by Sahha's logs
 * @param exercise when there was which exercise, by Sahha's logs
 */
public record BiomarkersOfDays(List<SahhaRow> rows, List<LoggedSource> sources, List<SahhaDataLog> exercise) {

    public BiomarkersOfDays {
        rows = List.copyOf(rows);
        sources = List.copyOf(sources);
        exercise = List.copyOf(exercise);
    }

    static BiomarkersOfDays read(ResultSet result, StatementContext context, RowMapper<SahhaRow> mapper)
            throws SQLException {
        RowMapper<SahhaRow> row = mapper.specialize(result, context);
        List<SahhaRow> rows = new ArrayList<>();
        List<LoggedSource> sources = new ArrayList<>();
        List<SahhaDataLog> exercise = new ArrayList<>();
        while (result.next()) {
            if (result.getString("log_type") == null) {
                rows.add(row.map(result, context));
            } else if (result.getObject("start_at") == null) {
                sources.add(source(result));
            } else {
                exercise.add(log(result));
            }
        }
        return new BiomarkersOfDays(rows, sources, exercise);
    }

    private static LoggedSource source(ResultSet result) throws SQLException {
        return new LoggedSource(
                result.getObject("day", LocalDate.class),
                result.getString("log_type"),
                result.getString("data_type"),
                result.getString("source"));
    }

    private static SahhaDataLog log(ResultSet result) throws SQLException {
        return new SahhaDataLog(
                result.getString("log_type"),
                result.getString("data_type"),
                result.getString("source"),
                result.getObject("day", LocalDate.class),
                result.getObject("start_at", OffsetDateTime.class).toInstant(),
                result.getObject("end_at", OffsetDateTime.class).toInstant());
    }
}
