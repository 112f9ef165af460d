package io.holisticos.twins.whoop;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The changes of a member's records that time alone does not bring about. */
public enum EditKind {
    /** A sleep and its recovery are scored again. */
    RESCORE,
    /** The member corrects when a sleep began and ended. */
    EDIT_SLEEP,
    /** The member deletes a sleep; its recovery goes with it. */
    DELETE_SLEEP,
    /** The member enters a workout by hand. */
    ADD_WORKOUT,
    /** The member deletes a workout. */
    DELETE_WORKOUT,
    /** The member revokes access inside the WHOOP app, which sends no notice. */
    REVOKE;

    /** The word used in JSON, such as {@code edit-sleep}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<EditKind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findAny();
    }
}
