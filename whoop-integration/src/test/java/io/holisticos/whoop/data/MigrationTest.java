package io.holisticos.whoop.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import java.util.List;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.changelog.RanChangeSet;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Rolled back change by change; that all of them go back and forward again is a test of the whole service. */
class MigrationTest {

    private static final byte[] TOKEN = {1};
    private static final String CONNECTION = """
            insert into whoop_connection (user_id, whoop_user_id, state, scopes, access_token, refresh_token,
                access_expires_at, token_version, connected_at, recorded_at, former_user_id)
            values (?, ?, ?, 'offline', ?, ?, '2026-11-22T10:00:00Z', 1, '2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z', ?)""";

    @Test
    void consentsThatWaitBecomeWhatTheVersionBeforeKnows() throws Exception {
        TestDatabase database = TestDatabase.empty();
        try (Connection connection = database.dataSource().getConnection();
                Liquibase liquibase = new Liquibase(
                        "whoop-db/changelog.yaml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            liquibase.update(new Contexts());
            List<RanChangeSet> ran = liquibase.getDatabase().getRanChangeSetList();
            int first = ran.stream().map(RanChangeSet::getId).toList().indexOf("whoop_connection_awaiting");
            database.jdbi().useHandle(handle -> {
                handle.execute(CONNECTION, "new", null, "awaiting_profile", TOKEN, TOKEN, null);
                handle.execute(CONNECTION, "again", null, "awaiting_confirmation", TOKEN, TOKEN, 7L);
                handle.execute(CONNECTION, "disowned", null, "revoked", null, null, null);
                handle.execute(CONNECTION, "active", 8L, "active", TOKEN, TOKEN, 9L);
            });

            liquibase.rollback(ran.size() - first, null, new Contexts(), new LabelExpression());
        }

        List<String> left = database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select user_id || ' ' || state || ' ' || whoop_user_id from whoop_connection")
                        .mapTo(String.class)
                        .list());
        assertThat(left).containsExactlyInAnyOrder("again revoked 7", "active active 8");
    }

    /** A view keeps the columns that its table had when it was made: a later change set has to make it anew. */
    @Test
    void theViewOfEachKindOfRecordHasTheColumnsOfItsTable() {
        Jdbi jdbi = TestDatabase.migratedBy("whoop-db/changelog.yaml").jdbi();

        for (RecordKind<?> kind : RecordKind.all()) {
            assertThat(columns(jdbi, "whoop_record_" + kind.collection()))
                    .as(kind.collection())
                    .isNotEmpty()
                    .isEqualTo(columns(jdbi, "whoop_" + kind.collection()));
        }
    }

    private static List<String> columns(Jdbi jdbi, String relation) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select column_name || ' ' || data_type from information_schema.columns
                        where table_schema = current_schema and table_name = :relation order by ordinal_position""")
                .bind("relation", relation)
                .mapTo(String.class)
                .list());
    }
}
