package io.holisticos.whoop.sync;

import org.jspecify.annotations.Nullable;

/**
 * Work that fails again and again. Each list of a member counts by itself; an outage counts once, whichever list meets it.
 *
 * @param job the kind of job, such as {@code whoop-member}
 * @param error how it failed last, see {@link SyncError}; null when the job itself broke
 * @param collection the list that fails; null when it is no list
 * @param members how many members, or jobs, it concerns
 */
public record RepeatedFailure(
        String job, @Nullable String error, @Nullable String collection, int members) {

    /** A failure that is repeated so often needs an operator. */
    public static final int TIMES = 3;

    /** For operators: {@code whoop-member page_token_repeated workout (2)}. */
    @Override
    public String toString() {
        return job
                + (error == null ? "" : " " + error)
                + (collection == null ? "" : " " + collection)
                + " (" + members + ")";
    }
}
