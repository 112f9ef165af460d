package io.holisticos.app;

import io.holisticos.app.OperatorLine.Mendable;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;

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
        return WhatFailed.sqlState(e)
                .<RuntimeException>map(state -> new Mendable(whatToDo(state, WhatFailed.inWords(e)), e))
                .orElse(e);
    }

    private static String whatToDo(String sqlState, String what) {
        return switch (sqlState.length() < 2 ? "" : sqlState.substring(0, 2)) {
            case "42" ->
                "WHOOP's database is not of this version (" + sqlState + "): run whoop-db migrate first" + KEPT;
            case "57" ->
                "WHOOP's database: " + what + "; it was shut down, or whoopDatabase.jobs.statementTimeout is too short"
                        + KEPT;
            default ->
                "WHOOP's database does not answer: " + what
                        + "; check that it runs, and WHOOP_DATABASE_URL, WHOOP_DATABASE_USER and"
                        + " WHOOP_DATABASE_PASSWORD" + KEPT;
        };
    }
}
