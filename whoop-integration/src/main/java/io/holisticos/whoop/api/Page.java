package io.holisticos.whoop.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Up to 25 records of a collection, newest first. A page can be empty and still have a next one.
 *
 * @param nextToken null on the last page
 */
public record Page<T>(
        List<Fetched<T>> records,
        List<Rejected> rejected,
        @Nullable String nextToken) {

    public Page {
        records = List.copyOf(records);
        rejected = List.copyOf(rejected);
    }

    /** Whether a page can be asked for by that token. */
    public static boolean isToken(String nextToken) {
        return StorableValues.textRefusal(nextToken) == null;
    }
}
