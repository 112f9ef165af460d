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
import liquibase.changelog.ChangeSet;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each change set alone: taken back, it leaves exactly what was there before. Taking all of them back at once would not
 * show a forgotten column, since its table goes with it.
 */
class RollbacksTest {

    /** The older ones do not change any more; all of them take a minute on a busy machine. */
    private static final int NEWEST = 12;

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

        /** @param apart how many of the newest are run one by one, after the others */
        void run(int apart) throws Exception {
            List<ChangeSet> all = List.copyOf(liquibase.listUnrunChangeSets(new Contexts(), new LabelExpression()));
            int first = Math.max(0, all.size() - apart);
            if (first > 0) {
                liquibase.update(first, new Contexts(), new LabelExpression());
            }
            for (ChangeSet next : all.subList(first, all.size())) {
                before.add(Catalog.of(database));
                names.add(next.toString());
                liquibase.update(1, new Contexts(), new LabelExpression());
            }
        }

        /** What taking back the newest, then the next, and so on leaves over or takes too much, by change set. */
        List<String> takeBack() throws Exception {
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
    void eachOfTheNewestChangeSetsTakenBackLeavesWhatWasThereBefore(String changelog) throws Exception {
        assertExactlyTakenBack(changelog, NEWEST);
    }

    @Tag("deep")
    @ParameterizedTest
    @ValueSource(strings = {Migrations.SAHHA_CHANGELOG, Migrations.WHOOP_CHANGELOG})
    void eachChangeSetTakenBackLeavesWhatWasThereBefore(String changelog) throws Exception {
        assertExactlyTakenBack(changelog, Integer.MAX_VALUE);
    }

    private static void assertExactlyTakenBack(String changelog, int apart) throws Exception {
        try (Steps steps = new Steps(changelog)) {
            steps.run(apart);
            steps.database
                    .jdbi()
                    .useHandle(handle -> handle.execute("select notice_member('m-1')")); // a notice without a time

            assertThat(steps.names).hasSizeGreaterThanOrEqualTo(Math.min(apart, 20));
            assertThat(String.join("\n", steps.takeBack())).isEmpty();
        }
    }

    @Test
    void aRollbackThatForgetsAColumnIsFound() throws Exception {
        try (Steps steps = new Steps("planted-db/changelog.yaml")) {
            steps.run(2);

            assertThat(steps.takeBack()).singleElement().asString().contains("::two-columns::", "planted.forgotten");
        }
    }
}
