package io.holisticos.twins.world;

/** What is out of the ordinary about a body's day, be it the body or the strap on its wrist. */
public enum Oddity {
    /** Nothing is. */
    NONE,
    /** Asleep once more after waking up, for a shorter time than in the night. */
    SECOND_NIGHT,
    /** The night is in two parts, and the later one is longer. */
    BROKEN_NIGHT,
    /** Awake all night, and a nap by day. */
    ONLY_A_NAP,
    /** The strap is not worn until the next night. */
    NOT_WORN,
    /** WHOOP never notes that the day's cycle ended. */
    LEFT_OPEN,
    /** The sensors read zero where nobody alive does. */
    ZEROS
}
