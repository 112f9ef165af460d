package io.holisticos.whoop.data;

import java.util.HashSet;
import java.util.Set;

/**
 * What a save did.
 *
 * @param changed records that are new or hold another version now
 * @param contested records sent with the same {@code updated_at} as the version held, yet with other content
 * @param added ids of records never held before; recoveries go by the id of their sleep
 * @param missing held records that the page should have shown and did not
 */
public record Saved(int changed, int contested, Set<String> added, int missing) {

    static final Saved NOTHING = new Saved(0, 0, Set.of(), 0);

    public Saved {
        added = Set.copyOf(added);
    }

    /** Both saves of one page, one after the other; only the later one looked what is missing. */
    Saved and(Saved later) {
        Set<String> either = new HashSet<>(added);
        either.addAll(later.added);
        return new Saved(changed + later.changed, contested + later.contested, either, later.missing);
    }
}
