package io.holisticos.sahha.data;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/**
 * What is held of the biomarkers of some days.
 *
 * @param rows newest first
 * @param sources which sources recorded what, by Sahha's logs
 */
public record BiomarkersOfDays(List<SahhaRow> rows, List<LoggedSource> sources) {

    public BiomarkersOfDays {
        rows = List.copyOf(rows);
        sources = List.copyOf(sources);
    }

    static BiomarkersOfDays read(ResultSet result, StatementContext context, RowMapper<SahhaRow> mapper)
            throws SQLException {
        RowMapper<SahhaRow> row = mapper.specialize(result, context);
        List<SahhaRow> rows = new ArrayList<>();
        List<LoggedSource> sources = new ArrayList<>();
        while (result.next()) {
            String logType = result.getString("log_type");
            if (logType == null) {
                rows.add(row.map(result, context));
            } else {
                sources.add(new LoggedSource(
                        result.getObject("day", LocalDate.class),
                        logType,
                        result.getString("data_type"),
                        result.getString("source")));
            }
        }
        return new BiomarkersOfDays(rows, sources);
    }
}
