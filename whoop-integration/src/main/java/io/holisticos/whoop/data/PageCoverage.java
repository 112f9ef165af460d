package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Window;

/**
 * What a page of a list covers: it shows every record that starts in this window.
 *
 * @param window from the oldest record of the page, or on the last page from the start of the window asked for, up to the end
 *     of that window or to the page before
 */
public record PageCoverage(Window window, Position position) {

    /** Where the page stands in its list. */
    public enum Position {
        /** Nothing older follows: the list was read to the start of its window. */
        LAST_PAGE,
        MORE_FOLLOW
    }
}
