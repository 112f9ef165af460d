package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.UserId;
import org.jspecify.annotations.Nullable;

/** How a page names the account of ours that a WHOOP account will belong to. */
final class AccountLabel {

    private static final int MAX = 100;

    /** Shorter ids show one character at each end only. */
    private static final int SHORT = 8;

    private AccountLabel() {}

    /** @throws InvalidRequest when it is not something to be shown in one line */
    static @Nullable String checked(@Nullable String wanted) {
        if (wanted == null) {
            return null;
        }
        boolean plain = wanted.codePoints().noneMatch(AccountLabel::isUnseemly);
        if (wanted.isBlank() || wanted.length() > MAX || !plain) {
            throw new InvalidRequest("account_label must have 1 to " + MAX
                    + " characters, none of them a control or formatting character");
        }
        return wanted.strip();
    }

    /** An id without what is between its ends: enough for its owner, too little for others. */
    static String masked(UserId who) {
        String id = who.value();
        int[] points = id.codePoints().toArray();
        if (points.length <= 2) {
            return "…";
        }
        int shown = points.length < SHORT ? 1 : 2;
        return new String(points, 0, shown) + "…" + new String(points, points.length - shown, shown);
    }

    /** Controls, invisible marks that turn text around, halves of characters. */
    private static boolean isUnseemly(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> true;
            default -> false;
        };
    }
}
