package io.holisticos.app;

import io.holisticos.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import liquibase.exception.LiquibaseException;
import org.jdbi.v3.core.Jdbi;
import org.postgresql.ds.PGSimpleDataSource;

/** Two databases as docs/postgresql-roles.md makes them, by the files that it names. */
record DatabaseRoles(TestDatabase sahha, TestDatabase whoop) {

    static final String OWNER = "health_owner";
    static final String RUNTIME = "health_runtime";
    static final String PERSON = "person_of_test";

    private static final Path FILES = Path.of("../docs/sql");

    static DatabaseRoles made() throws IOException, SQLException, LiquibaseException {
        DatabaseRoles roles = new DatabaseRoles(TestDatabase.empty(), TestDatabase.empty());
        roles.sahha.jdbi().useHandle(handle -> {
            handle.execute(Files.readString(FILES.resolve("roles.sql")));
            handle.execute(Files.readString(FILES.resolve("roles.sql"))); // again, as an operator may
            handle.execute("do $$ begin create role " + PERSON
                    + " login in role health_people; exception when duplicate_object then null; end $$");
        });
        migrate(roles.sahha, Migrations.SAHHA_CHANGELOG);
        migrate(roles.whoop, Migrations.WHOOP_CHANGELOG);
        return roles;
    }

    private static void migrate(TestDatabase database, String changelog)
            throws IOException, SQLException, LiquibaseException {
        database.jdbi()
                .useHandle(handle -> handle.execute("do $$ begin execute format('alter database %I owner to " + OWNER
                        + "', current_database()); end $$"));
        Migrations.update(source(database, OWNER), changelog);
        String grants = Files.readString(FILES.resolve("grants.sql"));
        Jdbi owner = as(database, OWNER);
        owner.useHandle(handle -> handle.execute(grants));
        owner.useHandle(handle -> handle.execute(grants));
    }

    /** For {@code config.yml}: the service connects as the role that it runs as. */
    Map<String, String> variables() {
        return Map.of(
                "SAHHA_DATABASE_URL", url(sahha, RUNTIME),
                "WHOOP_DATABASE_URL", url(whoop, RUNTIME));
    }

    static Jdbi as(TestDatabase database, String role) {
        return Jdbi.create(source(database, role));
    }

    static DataSource source(TestDatabase database, String role) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database, role));
        return source;
    }

    static String url(TestDatabase database, String role) {
        return database.url().replace("user=postgres", "user=" + role);
    }
}
