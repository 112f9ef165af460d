package io.holisticos.app;

import io.holisticos.app.OperatorLine.Mendable;
import io.holisticos.vault.Vault;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;

/** What ended a command that works on WHOOP's database, in words that say what to do. */
final class WhoopDatabaseTrouble {

    private static final String KEPT = "; what was written is kept, run it again afterwards";

    private WhoopDatabaseTrouble() {}

    static RuntimeException explained(RuntimeException e) {
        if (e instanceof Mendable) {
            return e;
        }
        if (e instanceof Vault.WrongKey) {
            return new Mendable(String.valueOf(e.getMessage()), e);
        }
        return sqlStateOf(e)
                .<RuntimeException>map(state -> new Mendable(whatToDo(state), e))
                .orElse(e);
    }

    private static Optional<String> sqlStateOf(Throwable e) {
        return Stream.iterate(e, t -> t != null, Throwable::getCause)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .reduce((outer, inner) -> inner)
                .map(deepest -> String.valueOf(deepest.getSQLState()));
    }

    private static String whatToDo(String sqlState) {
        return switch (sqlState.length() < 2 ? "" : sqlState.substring(0, 2)) {
            case "42" -> "WHOOP's database is not of this version: run whoop-db migrate first" + KEPT;
            case "57" ->
                "WHOOP's database ended a statement (SQL state " + sqlState + "): it was shut down, or"
                        + " whoopDatabase.jobs.statementTimeout is too short" + KEPT;
            default ->
                "WHOOP's database does not answer (SQL state " + sqlState + "): check that it runs, and"
                        + " WHOOP_DATABASE_URL, WHOOP_DATABASE_USER and WHOOP_DATABASE_PASSWORD" + KEPT;
        };
    }
}
