package io.holisticos.twins.whoop;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What can happen to a member's records besides the passing of time. */
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
    /** The member revokes the application inside the WHOOP app; nobody is told. */
    REVOKE;

    /** The word used in JSON, such as {@code edit-sleep}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Optional<EditKind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findAny();
    }
}
