package io.holisticos.whoop.sync;

/**
 * What came of telling a change.
 *
 * @param isNews false for a repetition, of which nothing was written
 * @param isAwake whether the member's job is on the list for the moment the change is due: nobody need be woken
 */
public record Noted(boolean isNews, boolean isAwake) {}
