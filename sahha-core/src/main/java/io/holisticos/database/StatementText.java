package io.holisticos.database;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
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

    /** What is known of a text. Looking for words costs more than many a statement, and there are few different texts. */
    private static final LoadingCache<String, StatementText> KNOWN =
            Caffeine.newBuilder().maximumSize(1_000).build(StatementText::new);

    private final boolean read;
    private final boolean sideEffects;

    private StatementText(String sql) {
        String first = firstWord(sql);
        read = (first.equals("select") || first.equals("with"))
                && !WRITES.matcher(sql).find();
        sideEffects = SIDE_EFFECTS.matcher(sql).find();
    }

    /** Whether the statement only reads. A part that writes can follow {@code with}, or be a second statement. */
    static boolean isRead(String sql) {
        return KNOWN.get(sql).read;
    }

    /** Whether the statement only reads, and calls no function with side effects. */
    static boolean hasNoSideEffects(String sql) {
        StatementText known = KNOWN.get(sql);
        return known.read && !known.sideEffects;
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
