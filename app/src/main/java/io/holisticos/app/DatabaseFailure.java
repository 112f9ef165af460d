package io.holisticos.app;

import io.holisticos.app.OperatorMessage.Mendable;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;
import java.util.Locale;

/**
 * The failure of a source's database that ended a command, in words that say what to do.
 *
 * @param source as the environment variables of its database begin
 * @param afterwards what else the operator should know
 */
record DatabaseFailure(String source, String afterwards) {

    static DatabaseFailure ofChange(String source) {
        return new DatabaseFailure(source, "; what was written is kept, run it again afterwards");
    }

    static DatabaseFailure ofReading(String source) {
        return new DatabaseFailure(source, "");
    }

    RuntimeException explained(RuntimeException e) {
        if (e instanceof Mendable) {
            return e;
        }
        if (e instanceof Vault.WrongKey) {
            return new Mendable(String.valueOf(e.getMessage()), e);
        }
        return OperatorMessage.ofDatabase(e, source + "'s database cannot be used", source + "_DATABASE_URL")
                .<RuntimeException>map(line -> new Mendable(line + tooSlow(e) + afterwards, e))
                .orElse(e);
    }

    private String tooSlow(RuntimeException e) {
        return WhatFailed.sqlState(e).filter("57014"::equals).isPresent()
                ? "; something locks it, or " + source.toLowerCase(Locale.ROOT)
                        + "Database.jobs.statementTimeout is too short"
                : "";
    }
}
