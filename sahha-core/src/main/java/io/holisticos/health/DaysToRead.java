package io.holisticos.health;

/**
 * The days that a source is asked for. Those around them are read for what they say about the days asked for, and are worth no
 * more than what is stored: nothing is fetched for them, and they make no answer incomplete.
 *
 * @param asked the days that may be answered: a source is current and complete when it is so for these
 * @param read these and the days around them: rows are read of all of them
 */
public record DaysToRead(DayRange asked, DayRange read) {

    public DaysToRead {
        if (!read.contains(asked.from()) || !read.contains(asked.to())) {
            throw new IllegalArgumentException("the days asked for are days to read");
        }
    }
}
