package io.holisticos.health;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The answer of a source when asked what changed of a person since a revision. */
public sealed interface ChangesAnswer {

    /** The answer of a source that keeps no changes. */
    ChangesAnswer NOTHING_KEPT = new NotCounted();

    /**
     * The changes, oldest first.
     *
     * @param revision the revision to ask from next time: every change up to it was listed
     * @param more whether there are further changes already
     */
    record Listed(List<Change> changes, long revision, boolean more) implements ChangesAnswer {
        public Listed {
            changes = List.copyOf(changes);
        }
    }

    /** The source keeps no changes: nobody can know which days changed. */
    record NotCounted() implements ChangesAnswer {}

    /** The changes after that revision are no longer kept, or the source never had that revision. */
    record Forgotten() implements ChangesAnswer {}

    /** Switched off by an operator, for all or for this person. */
    record Disabled() implements ChangesAnswer {}

    /** The source could not be asked in time. */
    record Unavailable(Duration retryAfter) implements ChangesAnswer {}

    /**
     * The answer of a store that gives each change the next revision and forgets the oldest first.
     *
     * @param since the revision asked for, or {@link Change#OLDEST_KEPT}
     * @param present the person's revision
     * @param oldest the oldest revision of which changes are kept; null when there is none
     * @param changes those after {@code since}, oldest first, the first of them only if there are many
     */
    static ChangesAnswer of(long since, long present, @Nullable Long oldest, List<Change> changes) {
        boolean known = since == Change.OLDEST_KEPT
                || since == present
                || since < present && oldest != null && since >= oldest - 1;
        if (!known) {
            return new Forgotten();
        }
        long listed =
                changes.isEmpty() ? present : changes.get(changes.size() - 1).revision();
        return new Listed(changes, listed, listed < present);
    }
}
