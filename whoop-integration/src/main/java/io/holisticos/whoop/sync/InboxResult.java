package io.holisticos.whoop.sync;

/** What came of keeping an event for a member. */
public enum InboxResult {
    /** It is new: its record will be read. */
    KEPT,
    /** It was kept before; nothing is written. */
    DUPLICATE,
    /** The account is not this member's, or not any more; nothing is written. */
    NOT_THEIRS
}
