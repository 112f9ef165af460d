package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.UpdateSummaryEnum;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each change set alone: taken back, it leaves exactly what was there before. Taking all of them back at once would not
 * show a forgotten column, since its table goes with it.
 */
class RollbacksTest {

    /** One change set after the other, with what the database consisted of before each. */
    private static final class Steps implements AutoCloseable {

        private final TestDatabase database = TestDatabase.empty();
        private final Connection connection;
        private final Liquibase liquibase;
        private final List<List<String>> before = new ArrayList<>();
        private final List<String> names = new ArrayList<>();

        Steps(String changelog) throws Exception {
            connection = database.dataSource().getConnection();
            liquibase = new Liquibase(changelog, new ClassLoaderResourceAccessor(), new JdbcConnection(connection));
            liquibase.setShowSummary(UpdateSummaryEnum.OFF);
        }

        void runAll() throws Exception {
            for (var next : List.copyOf(liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression()))) {
                before.add(Catalog.of(database));
                names.add(next.toString());
                liquibase.update(1, new Contexts(), new LabelExpression());
            }
        }

        /** What taking back the newest, then the next, and so on leaves over or takes too much, by change set. */
        List<String> takeBackAll() throws Exception {
            List<String> wrong = new ArrayList<>();
            for (int i = names.size() - 1; i >= 0; i--) {
                liquibase.rollback(1, new Contexts(), new LabelExpression());
                List<String> difference = Catalog.difference(before.get(i), Catalog.of(database));
                if (!difference.isEmpty()) {
                    wrong.add(names.get(i) + ": " + difference);
                }
            }
            return wrong;
        }

        @Override
        public void close() throws Exception {
            liquibase.close();
            connection.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {Migrations.SAHHA_CHANGELOG, Migrations.WHOOP_CHANGELOG})
    void eachChangeSetTakenBackLeavesWhatWasThereBefore(String changelog) throws Exception {
        try (Steps steps = new Steps(changelog)) {
            steps.runAll();

            assertThat(steps.names).hasSizeGreaterThan(10);
            assertThat(String.join("\n", steps.takeBackAll())).isEmpty();
        }
    }

    @Test
    void aRollbackThatForgetsAColumnIsFound() throws Exception {
        try (Steps steps = new Steps("planted-db/changelog.yaml")) {
            steps.runAll();

            assertThat(steps.takeBackAll()).singleElement().asString().contains("::two-columns::", "planted.forgotten");
        }
    }
}
