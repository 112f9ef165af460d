package io.holisticos.whoop.data;

import java.sql.Types;
import java.util.Map;
import org.jdbi.v3.core.argument.Argument;
import org.jspecify.annotations.Nullable;

/**
 * What must be so for records to be kept: a query that returns one row then, and none otherwise. It is part of the statement
 * that saves them, and so costs no round trip. What it locks is locked before the member's turn is taken.
 *
 * @param sql a {@code select} that may lock what it reads, so that it stays so until the records are saved
 * @param arguments of its named parameters beside {@code who}, none of them named as one of the records' statement
 */
public record Condition(String sql, Map<String, ?> arguments) {

    /** Records are kept whatever is so. */
    static final Condition NONE = new Condition("select true", Map.of());

    /**
     * Records are kept if this is still the member's WHOOP account, and it stays so until they are saved.
     *
     * @param whoopUserId null when no account is known
     */
    public static Condition accountIs(@Nullable Long whoopUserId) {
        Argument account = (position, statement, context) -> statement.setObject(position, whoopUserId, Types.BIGINT);
        return new Condition("select true where whoop_member_has_account(:who, :account)", Map.of("account", account));
    }

    /** Its text is part of a statement that is prepared once; its arguments are nobody's business. */
    @Override
    public String toString() {
        return "Condition" + arguments.keySet();
    }
}
