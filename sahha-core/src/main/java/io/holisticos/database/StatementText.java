package io.holisticos.database;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells by the text of a statement whether it only reads. When in doubt, it counts as a write. */
final class StatementText {

    /** The words of statements that write, and the function that wakes a job, which is called by a {@code select}, too. */
    private static final Pattern WRITES =
            Pattern.compile("\\b(insert|update|delete|merge|job_wake_up)\\b", Pattern.CASE_INSENSITIVE);

    /** Functions with side effects. */
    private static final Pattern SIDE_EFFECTS = Pattern.compile(
            "\\b(nextval|setval|set_config|pg_notify|pg_(try_)?advisory\\w*|lo_\\w+|dblink\\w*)\\s*\\(",
            Pattern.CASE_INSENSITIVE);

    private StatementText() {}

    /** Whether the statement only reads. A part that writes can follow {@code with}, or be a second statement. */
    static boolean isRead(String sql) {
        String first = firstWord(sql);
        return (first.equals("select") || first.equals("with"))
                && !WRITES.matcher(sql).find();
    }

    /** Whether the statement only reads, and calls no function with side effects. */
    static boolean hasNoSideEffects(String sql) {
        return isRead(sql) && !SIDE_EFFECTS.matcher(sql).find();
    }

    private static String firstWord(String sql) {
        int begin = 0;
        while (begin < sql.length() && Character.isWhitespace(sql.charAt(begin))) {
            begin++;
        }
        int end = begin;
        while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
            end++;
        }
        return sql.substring(begin, end).toLowerCase(Locale.ROOT);
    }
}
