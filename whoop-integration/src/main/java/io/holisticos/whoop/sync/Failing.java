package io.holisticos.whoop.sync;

import org.jspecify.annotations.Nullable;

/**
 * Work that fails again and again: each list of a member by itself, an outage whichever list meets it.
 *
 * @param job the kind of job, such as {@code whoop-member}
 * @param error how it failed last, in one word, see {@link SyncError}; null when the job itself broke
 * @param collection which list it was of; null when it was of none
 * @param members how many members, or jobs, it concerns
 */
public record Failing(
        String job, @Nullable String error, @Nullable String collection, int members) {

    /** As often as that, and it is no accident. */
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
