package io.holisticos.whoop.sync;

import io.holisticos.whoop.data.RecordKind;
import java.util.Locale;

/** The collections of records that WHOOP lists, a call for each page. */
public enum RecordCollection {
    CYCLE,
    SLEEP,
    /** A recovery has no id of its own: events name it by the id of its sleep. */
    RECOVERY,
    WORKOUT;

    /** The kind of its records. */
    RecordKind<?> kind() {
        return switch (this) {
            case CYCLE -> RecordKind.CYCLE;
            case SLEEP -> RecordKind.SLEEP;
            case RECOVERY -> RecordKind.RECOVERY;
            case WORKOUT -> RecordKind.WORKOUT;
        };
    }

    /** Its name in rows, such as {@code cycle}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static RecordCollection of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
