package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Page;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Rejected;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.Proof.Rest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records that came together, and what that proves.
 *
 * @param unreadable ids of records that came along and broke a rule: not to be had, but not absent either
 * @param proof null when nothing is said about other records
 * @param heldUpTo records that did not change after it are held most probably; null where nobody knows
 */
public record Listed<T>(
        List<Fetched<T>> records,
        Set<String> unreadable,
        @Nullable Proof proof,
        @Nullable Instant heldUpTo) {

    /** WHOOP's clock and ours differ by less, and nothing it lists is older news. */
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(10);

    public Listed {
        records = List.copyOf(records);
        unreadable = Set.copyOf(unreadable);
    }

    /** Records fetched one by one. */
    public static <T> Listed<T> byId(List<Fetched<T>> records) {
        return new Listed<>(records, Set.of(), null, null);
    }

    /**
     * A page of a list.
     *
     * @param unread what of the window asked for no earlier page has told: all of it for the first page, later {@link
     *     #unread} of the page before
     * @param before when the list was read and saved the last time; null when it never was
     */
    public static <T> Listed<T> page(Page<T> page, Window unread, @Nullable Instant before) {
        Set<String> unreadable = page.rejected().stream().map(Rejected::id).collect(Collectors.toSet());
        Instant heldUpTo = before == null ? null : before.minus(CLOCKS_DIFFER_BY);
        return new Listed<>(page.records(), unreadable, proofOf(page, unread), heldUpTo);
    }

    /**
     * What no page has told yet; empty after the last page. A page that proves nothing leaves all of it.
     *
     * @param before as given to {@link #page}
     */
    public Optional<Window> unread(Window before) {
        if (proof == null) {
            return Optional.of(before);
        }
        Instant down = proof.fullyRead().start();
        return down.isAfter(before.start()) ? Optional.of(new Window(before.start(), down)) : Optional.empty();
    }

    private static @Nullable Proof proofOf(Page<?> page, Window unread) {
        if (page.nextToken() == null) {
            return new Proof(unread, Rest.LAST_PAGE);
        }
        List<? extends Fetched<?>> records = page.records();
        Instant oldest =
                records.isEmpty() // the last one, newest first: one with a wrong time proves nothing of the others
                        ? unread.end()
                        : startOf(records.get(records.size() - 1).record()).truncatedTo(ChronoUnit.MILLIS);
        if (!oldest.isBefore(unread.end())) {
            return null;
        }
        Instant from = oldest.isBefore(unread.start()) ? unread.start() : oldest;
        return new Proof(new Window(from, unread.end()), Rest.MORE);
    }

    /**
     * Where a record lies in its list. A recovery tells no time but its making, which comes after its sleep: what is
     * newer than that has been read all the more.
     */
    static Instant startOf(Object record) {
        if (record instanceof Cycle cycle) {
            return cycle.start();
        }
        if (record instanceof Sleep sleep) {
            return sleep.start();
        }
        if (record instanceof Workout workout) {
            return workout.start();
        }
        if (record instanceof Recovery recovery) {
            return recovery.createdAt();
        }
        throw new IllegalArgumentException("no list has " + record.getClass().getSimpleName());
    }

    /** Whether a record that changed then is news most probably. */
    boolean isProbablyNews(Instant changedAt) {
        return heldUpTo == null || !changedAt.isBefore(heldUpTo);
    }

    @Override
    public String toString() {
        return "Listed[" + records.size() + " records, " + proof + "]";
    }
}
