package io.holisticos.app;

import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;

/** The failure of WHOOP's database that ended a command, in words that say what to do. */
final class WhoopDatabaseFailure {

    private static final String KEPT = "; what was written is kept, run it again afterwards";

    private WhoopDatabaseFailure() {}

    static RuntimeException explained(RuntimeException e) {
        if (e instanceof Mendable) {
            return e;
        }
        if (e instanceof Vault.WrongKey) {
            return new Mendable(String.valueOf(e.getMessage()), e);
        }
        return OperatorMessage.ofDatabase(e, "WHOOP's database cannot be used", "WHOOP_DATABASE_URL")
                .<RuntimeException>map(line -> new Mendable(line + tooSlow(e) + KEPT, e))
                .orElse(e);
    }

    private static String tooSlow(RuntimeException e) {
        return WhatFailed.sqlState(e).filter("57014"::equals).isPresent()
                ? "; something locks it, or whoopDatabase.jobs.statementTimeout is too short"
                : "";
    }
}
