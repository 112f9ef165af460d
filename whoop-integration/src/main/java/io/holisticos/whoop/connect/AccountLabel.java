package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.UserId;
import org.jspecify.annotations.Nullable;

/** The text by which a page names the account of ours that a WHOOP account will belong to. */
final class AccountLabel {

    private static final int MAX = 100;

    /** An id shorter than this shows only one character at each end. */
    private static final int SHORT = 8;

    private AccountLabel() {}

    /** @throws InvalidRequest when the label cannot be shown in one line */
    static @Nullable String checked(@Nullable String label) {
        if (label == null) {
            return null;
        }
        boolean plain = label.codePoints().noneMatch(AccountLabel::isUnprintable);
        if (label.isBlank() || label.length() > MAX || !plain) {
            throw new InvalidRequest("account_label must have 1 to " + MAX
                    + " characters, none of them a control or formatting character");
        }
        return label.strip();
    }

    /** The name that a service chose for the account, never without what tells it from other accounts. */
    static String named(String label, UserId who) {
        return label + " (" + masked(who) + ")";
    }

    /** An id of which only the ends are shown: enough for its owner to recognize, too little for others. */
    static String masked(UserId who) {
        String id = who.value();
        int[] points = id.codePoints().toArray();
        if (points.length <= 2) {
            return "…";
        }
        int shown = points.length < SHORT ? 1 : 2;
        return new String(points, 0, shown) + "…" + new String(points, points.length - shown, shown);
    }

    /** Control characters, invisible marks that change the direction of text, halves of surrogate pairs, and the like. */
    private static boolean isUnprintable(int point) {
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
