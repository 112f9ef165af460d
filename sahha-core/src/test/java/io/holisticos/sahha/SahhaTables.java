package io.holisticos.sahha;

import io.holisticos.testing.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/**
 * Both shapes of Sahha's tables: ours, and those of the former service, adopted. The build runs this package's tests on
 * both, by the system property {@code sahha.tables}.
 */
public final class SahhaTables {

    public static final String CHANGELOG = "sahha-db/changelog.yaml";
    static final String CUT_OVER = "sahha-cut-over/changelog.yaml";

    private SahhaTables() {}

    /** A migrated database of the shape that this run is about. */
    public static TestDatabase migrated() {
        return "former".equals(System.getProperty("sahha.tables")) ? adopted() : TestDatabase.migratedBy(CHANGELOG);
    }

    /**
     * The database that the classes of this JVM share, one after the other: migrated once, in the shape that this run is
     * about, and without rows.
     */
    public static TestDatabase emptied() {
        Shared.DATABASE.jdbi().useHandle(handle -> handle.execute("""
                do $$ begin
                  execute (select 'truncate ' || string_agg(quote_ident(tablename), ', ') || ' cascade' from pg_tables
                      where schemaname = 'public' and tablename not like 'databasechangelog%'
                      and tablename <> 'sahha_adoption');
                end $$"""));
        return Shared.DATABASE;
    }

    /** Keeps connections, as production does: to open one for each statement takes most of a test's time. */
    public static DataSource pool(TestDatabase database) {
        PoolProperties properties = new PoolProperties();
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setUrl(database.url());
        properties.setUsername("postgres");
        properties.setInitialSize(0);
        properties.setConnectionProperties("prepareThreshold=0"); // tests change tables while connections live
        properties.setMinIdle(0);
        properties.setMaxIdle(30);
        properties.setMaxActive(30);
        return new DataSource(properties);
    }

    private static final class Shared {
        static final TestDatabase DATABASE = migrated();
    }

    /** The former service's tables, empty and adopted. */
    static TestDatabase adopted() {
        TestDatabase database = former("former-service.sql", "former-service-keys.sql");
        migrate(database, CHANGELOG);
        return database;
    }

    /** The former service's database. */
    public static TestDatabase former(String... scripts) {
        TestDatabase database = TestDatabase.empty();
        for (String script : scripts) {
            execute(database, script);
        }
        return database;
    }

    public static void migrate(TestDatabase database, String changelog) {
        with(database, changelog, liquibase -> liquibase.update(new Contexts()));
    }

    /** Back to before the first change set of a changelog. */
    static void rollBack(TestDatabase database, String changelog) {
        with(database, changelog, liquibase -> {
            long ran = liquibase.getDatabase().getRanChangeSetList().stream()
                    .filter(set -> set.getChangeLog().startsWith(changelog.substring(0, changelog.indexOf('/'))))
                    .count();
            liquibase.rollback((int) ran, new Contexts(), new LabelExpression());
        });
    }

    /** What the catalog says of the tables that both services know: columns, keys, indexes, triggers, comments. */
    static List<String> catalog(TestDatabase database) {
        return database.jdbi()
                .withHandle(
                        handle -> handle.createQuery("""
                select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
                       || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
                from pg_attribute a join pg_class c on c.oid = a.attrelid
                left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where c.relname in ('users', 'profiles', 'scores', 'biomarkers', 'archetypes') and a.attnum > 0
                  and not a.attisdropped
                union all
                select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
                where conrelid::regclass::text in ('users', 'profiles', 'scores', 'biomarkers', 'archetypes')
                union all
                select indexdef from pg_indexes where tablename in ('users', 'profiles', 'scores', 'biomarkers', 'archetypes')
                union all
                select pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
                order by 1""").mapTo(String.class).list());
    }

    private static void execute(TestDatabase database, String script) {
        try (InputStream in = SahhaTables.class.getResourceAsStream("/sahha/" + script);
                Connection connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot run " + script, e);
        }
    }

    private interface Work {
        void on(Liquibase liquibase) throws LiquibaseException;
    }

    private static void with(TestDatabase database, String changelog, Work work) {
        try (Connection connection = database.dataSource().getConnection();
                Liquibase liquibase =
                        new Liquibase(changelog, new ClassLoaderResourceAccessor(), new JdbcConnection(connection))) {
            work.on(liquibase);
        } catch (SQLException | LiquibaseException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
