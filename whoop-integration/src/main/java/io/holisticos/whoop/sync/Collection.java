package io.holisticos.whoop.sync;

import io.holisticos.whoop.data.RecordKind;
import java.util.Locale;

/** What WHOOP lists, a call for each page. */
public enum Collection {
    CYCLE,
    SLEEP,
    /** Without ids of their own: a recovery goes by its sleep's. */
    RECOVERY,
    WORKOUT;

    /** What lies in its table. */
    RecordKind<?> kind() {
        return switch (this) {
            case CYCLE -> RecordKind.CYCLE;
            case SLEEP -> RecordKind.SLEEP;
            case RECOVERY -> RecordKind.RECOVERY;
            case WORKOUT -> RecordKind.WORKOUT;
        };
    }

    /** The word in rows, such as {@code cycle}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Collection of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
