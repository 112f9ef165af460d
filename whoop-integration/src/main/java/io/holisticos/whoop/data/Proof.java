package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Window;

/**
 * What a page of a list proves: every record that starts in this window is on it.
 *
 * @param fullyRead from the oldest record of the page, or on the last page from the start of what was asked for, up to
 *     the end of what was asked for, or up to the page before
 */
public record Proof(Window fullyRead, Rest rest) {

    /** What lies below the page. */
    public enum Rest {
        /** Nothing: the window is read to its start. */
        LAST_PAGE,
        MORE
    }
}
