package io.holisticos.whoop.data;

import java.sql.SQLException;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Which WHOOP account a member must still have for a change to be saved. The database checks it in the transaction of the
 * change, by function {@code whoop_require_account}.
 */
public sealed interface AccountCheck {

    /** The change is saved whatever the member's account is. */
    AccountCheck NONE = new None();

    /** @param whoopUserId the account; null when none was known */
    static AccountCheck of(@Nullable Long whoopUserId) {
        return new SameAccount(whoopUserId);
    }

    record None() implements AccountCheck {}

    record SameAccount(@Nullable Long whoopUserId) implements AccountCheck {}

    /** What to throw for this error of the database. */
    static RuntimeException translated(JdbiException error) {
        boolean refused = error.getCause() instanceof SQLException sql && "WH001".equals(sql.getSQLState());
        return refused ? new AnotherAccount() : error;
    }
}
