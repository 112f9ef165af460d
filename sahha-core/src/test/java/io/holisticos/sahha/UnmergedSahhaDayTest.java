package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people see of Sahha's rows, in tables that another service may own. */
class UnmergedSahhaDayTest {

    private static final Jdbi jdbi =
            TestDatabase.migratedBy("sahha-db/changelog.yaml").jdbi();

    @BeforeAll
    static void rows() {
        jdbi.useHandle(handle -> {
            handle.execute("""
                    insert into scores (id, profile_id, type, score, state, score_date_time)
                    values ('s-1', 'm-1', 'sleep', 0.5, 'high', '2026-11-20T08:00Z'),
                        ('s-2', 'm-3', 'sleep', 0.7, 'low', '2026-11-20T08:00Z')""");
            handle.execute("""
                    insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time)
                    values ('b-1', 'm-1', 'activity', 'steps', '{"value": "12", "unit": "count"}',
                            '2026-11-20T00:00Z', '2026-11-21T00:00Z'),
                        ('b-2', 'm-2', 'activity', 'steps', '{"value": "13", "unit": "count"}',
                            '2026-11-20T00:00Z', '2026-11-21T00:00Z')""");
        });
    }

    @Test
    void everyMemberWhoHasAScoreOrABiomarkerIsSeen() {
        assertThat(seen("order by user_id, kind"))
                .containsExactly(
                        "m-1 biomarker steps 12 count",
                        "m-1 score sleep 0.5 -",
                        "m-2 biomarker steps 13 count",
                        "m-3 score sleep 0.7 -");
        assertThat(seen("where user_id = 'm-2'")).containsExactly("m-2 biomarker steps 13 count");
    }

    @Test
    void theOwnerOfTheTablesMayChangeTheTypesOfItsColumns() {
        List<String> before = seen("order by user_id, kind");

        jdbi.useHandle(handle -> {
            handle.execute("alter table scores alter column profile_id type varchar(200)");
            handle.execute("alter table scores alter column score type double precision");
            handle.execute("alter table biomarkers alter column profile_id type varchar(200)");
            handle.execute("alter table biomarkers alter column type type varchar(90)");
        });

        assertThat(seen("order by user_id, kind")).isEqualTo(before);
    }

    private static List<String> seen(String which) {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select concat_ws(' ', user_id, kind, type, value, coalesce(unit, '-')) from unmerged_sahha_day\s""" + which).mapTo(String.class).list());
    }
}
