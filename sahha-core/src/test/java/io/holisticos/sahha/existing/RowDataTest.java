package io.holisticos.sahha.existing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.SahhaRow;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.testing.TestDatabase;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The object that callers get of a row which an early version of this service saved. */
class RowDataTest {

    @Test
    void aDatabaseOfOurOwnFromAnEarlyVersionGoesOn() {
        ObjectMapper mapper = Jackson.newObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
        TestDatabase database = TestDatabase.empty();
        SahhaTables.migrate(database, "sahha/early-version.sql");
        database.jdbi().useHandle(handle -> handle.execute("""
                insert into scores (id, profile_id, type, score, state, data, score_date_time, utc_offset_seconds, created_at,
                    updated_at, day, fetch_begun_at, recorded_at)
                values ('1', 'anna', 'sleep', 0.890, 'high',
                    '{"sahha_id": "s1", "factors": [], "dataSources": ["sleep"], "version": 1, "createdAtUtc": null}',
                    '2025-08-13T12:00:00Z', 43200, '2025-08-14T00:00:00Z', '2025-08-14T00:00:00Z',
                    '2025-08-14', '2025-08-14T00:00:00Z', '2025-08-14T00:00:00Z')"""));

        SahhaTables.migrate(database, SahhaTables.CHANGELOG);

        LocalDate day = LocalDate.of(2025, 8, 14);
        List<SahhaRow> rows = SahhaStores.in(database.jdbi(), mapper, who -> {})
                .rows()
                .startingIn(SahhaKind.SCORES, new UserId("anna"), day, day, 10, Instant.parse("2025-08-15T00:00:00Z"))
                .biomarkers();
        assertThat(rows).hasSize(1);
        assertThat(RowData.of(SahhaKind.SCORES, rows.get(0)))
                .as("what the columns know of Sahha's object is put in")
                .hasToString("{\"factors\":[],\"version\":1,\"sahha_id\":\"s1\",\"dataSources\":[\"sleep\"],"
                        + "\"createdAtUtc\":null,\"id\":\"s1\",\"type\":\"sleep\",\"score\":0.890,\"state\":\"high\","
                        + "\"scoreDateTime\":\"2025-08-14T00:00:00+12:00\"}");
    }
}
