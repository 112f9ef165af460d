package io.holisticos.whoop.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import java.sql.Connection;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.junit.jupiter.api.Test;

class MigrationTest {

    @Test
    void whoopsDatabaseGoesForwardBackAndForwardAgain() throws Exception {
        TestDatabase database = TestDatabase.empty();
        try (Connection connection = database.dataSource().getConnection();
                Liquibase liquibase = new Liquibase(
                        "whoop-db/changelog.yaml", new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            liquibase.update(new Contexts());
            int changeSets = liquibase.getDatabase().getRanChangeSetList().size();
            liquibase.rollback(changeSets, null, new Contexts(), new LabelExpression());
            assertThat(whoopTables(database)).isZero();
            liquibase.update(new Contexts());
        }

        assertThat(whoopTables(database)).isGreaterThan(14);
    }

    private static int whoopTables(TestDatabase database) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select count(*) from information_schema.tables where table_name like 'whoop%'")
                        .mapTo(Integer.class)
                        .one());
    }
}
