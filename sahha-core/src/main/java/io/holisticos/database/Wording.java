package io.holisticos.database;

import java.util.Locale;
import java.util.regex.Pattern;

/** What can be told of a statement by its text. What cannot be told counts as a write. */
final class Wording {

    /** The words of statements that write, and the function that wakes a job, which is called by a {@code select}, too. */
    private static final Pattern WRITES =
            Pattern.compile("\\b(insert|update|delete|merge|job_wake_up)\\b", Pattern.CASE_INSENSITIVE);

    /** Functions that leave something behind. */
    private static final Pattern LEAVES = Pattern.compile(
            "\\b(nextval|setval|set_config|pg_notify|pg_(try_)?advisory\\w*|lo_\\w+|dblink\\w*)\\s*\\(",
            Pattern.CASE_INSENSITIVE);

    private Wording() {}

    /** Whether it only reads. A part that writes can stand under {@code with}, or in a statement after the first. */
    static boolean isRead(String sql) {
        String first = firstWord(sql);
        return (first.equals("select") || first.equals("with"))
                && !WRITES.matcher(sql).find();
    }

    /** Whether it only reads, and calls nothing that leaves something behind. */
    static boolean leavesNothing(String sql) {
        return isRead(sql) && !LEAVES.matcher(sql).find();
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
