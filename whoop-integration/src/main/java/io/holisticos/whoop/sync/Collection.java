package io.holisticos.whoop.sync;

import io.holisticos.whoop.data.RecordKind;
import java.util.Locale;

/** What WHOOP lists, a call for each page. */
public enum Collection {
    CYCLE(RecordKind.CYCLE),
    SLEEP(RecordKind.SLEEP),
    /** Without ids of their own: a recovery goes by its sleep's. */
    RECOVERY(RecordKind.RECOVERY),
    WORKOUT(RecordKind.WORKOUT);

    @SuppressWarnings("ImmutableEnumChecker") // its kinds are records of constants
    private final RecordKind<?> kind;

    Collection(RecordKind<?> kind) {
        this.kind = kind;
    }

    /** What lies in its table. */
    RecordKind<?> kind() {
        return kind;
    }

    /** The word in rows, such as {@code cycle}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Collection of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
