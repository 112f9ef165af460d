package io.holisticos.app;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/** Runs and counts the change sets of the two databases, for code that does not use the command line. */
public final class Migrations {

    public static final String SAHHA_CHANGELOG = "sahha-db/changelog.yaml";

    /** Run by hand only, once nobody else reads or writes Sahha's tables. No start and no check asks for it. */
    static final String SAHHA_CUT_OVER = "sahha-cut-over/changelog.yaml";

    public static final String WHOOP_CHANGELOG = "whoop-db/changelog.yaml";

    private Migrations() {}

    /** Runs the change sets that have not run yet. */
    public static void update(DataSource database, String changelog) throws SQLException, LiquibaseException {
        try (Connection connection = database.getConnection();
                Liquibase liquibase = open(connection, changelog)) {
            liquibase.setShowSummary(UpdateSummaryEnum.OFF);
            quietly(() -> liquibase.update(new Contexts()));
        }
    }

    /** Lets Liquibase print its steps to the log instead of the console. */
    private static void quietly(Scope.ScopedRunner<?> work) throws LiquibaseException {
        try {
            Scope.child(Scope.Attr.ui, new LoggerUIService(), work);
        } catch (LiquibaseException e) {
            throw e;
        } catch (Exception e) { // the signature of Liquibase's scopes
            throw new LiquibaseException(e);
        }
    }

    /** How many change sets have not run yet. */
    static int missing(DataSource database, String changelog) throws SQLException, LiquibaseException {
        try (Connection connection = database.getConnection();
                Liquibase liquibase = open(connection, changelog)) {
            return liquibase
                    .listUnrunChangeSets(new Contexts(), new LabelExpression())
                    .size();
        }
    }

    /** The changelog of a database, by its section of the configuration. */
    static String changelogOf(String section) {
        return section.equals(HealthConfiguration.SAHHA_DATABASE) ? SAHHA_CHANGELOG : WHOOP_CHANGELOG;
    }

    /** The command that runs a changelog, which is also the name of its database. */
    static String commandOf(String changelog) {
        return changelog.replaceAll("/.*", "");
    }

    private static Liquibase open(Connection connection, String changelog) throws LiquibaseException {
        return new Liquibase(changelog, new ClassLoaderResourceAccessor(), new JdbcConnection(connection));
    }
}
