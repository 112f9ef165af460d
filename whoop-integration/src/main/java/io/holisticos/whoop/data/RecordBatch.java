package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Page;
import io.holisticos.whoop.api.Rejected;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.PageCoverage.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Records of one kind that are saved together, and what is known of the records beside them.
 *
 * @param unreadable ids of records that came along and broke a rule: they cannot be saved, but they are not missing either
 * @param coverage null when the batch says nothing of other records
 * @param heldUpTo records that did not change after this moment are probably held already; null when that is not known
 */
public record RecordBatch<T>(
        List<Fetched<T>> records,
        Set<String> unreadable,
        @Nullable PageCoverage coverage,
        @Nullable Instant heldUpTo) {

    /** WHOOP's clock and ours differ by less than this, and so much later a list shows a change at the latest. */
    private static final Duration CLOCKS_DIFFER_BY = Duration.ofMinutes(10);

    public RecordBatch {
        records = List.copyOf(records);
        unreadable = Set.copyOf(unreadable);
    }

    /** Records that were fetched by their ids. */
    public static <T> RecordBatch<T> byId(List<Fetched<T>> records) {
        return new RecordBatch<>(records, Set.of(), null, null);
    }

    /**
     * A page of a list.
     *
     * @param unread the part of the list's window that no earlier page covers: all of it for the first page, later the
     *     {@link #unread} of the page before
     * @param before when the list was last read and saved; null when it never was
     */
    public static <T> RecordBatch<T> page(RecordKind<T> kind, Page<T> page, Window unread, @Nullable Instant before) {
        Set<String> unreadable = page.rejected().stream().map(Rejected::id).collect(Collectors.toSet());
        Instant heldUpTo = before == null ? null : before.minus(CLOCKS_DIFFER_BY);
        return new RecordBatch<>(page.records(), unreadable, coverageOf(kind, page, unread), heldUpTo);
    }

    /**
     * The part of the window that is still to be read; empty after the last page. A page that covers nothing leaves all of it.
     *
     * @param before as given to {@link #page}
     */
    public Optional<Window> unread(Window before) {
        if (coverage == null) {
            return Optional.of(before);
        }
        Instant readDownTo = coverage.window().start();
        return readDownTo.isAfter(before.start())
                ? Optional.of(new Window(before.start(), readDownTo))
                : Optional.empty();
    }

    private static <T> @Nullable PageCoverage coverageOf(RecordKind<T> kind, Page<T> page, Window unread) {
        if (page.nextToken() == null) {
            return new PageCoverage(unread, Position.LAST_PAGE);
        }
        List<Fetched<T>> records = page.records();
        Instant oldest =
                records.isEmpty() // else the last one, as WHOOP orders them: one wrong time must not widen the coverage
                        ? unread.end()
                        : kind.startOf(records.get(records.size() - 1).record()).truncatedTo(ChronoUnit.MILLIS);
        if (!oldest.isBefore(unread.end())) {
            return null;
        }
        Instant from = oldest.isBefore(unread.start()) ? unread.start() : oldest;
        return new PageCoverage(new Window(from, unread.end()), Position.MORE_FOLLOW);
    }

    /** Whether a record that changed at this moment is probably not held yet. */
    boolean isProbablyNew(Instant changedAt) {
        return heldUpTo == null || !changedAt.isBefore(heldUpTo);
    }

    @Override
    public String toString() {
        return "RecordBatch[" + records.size() + " records, " + coverage + "]";
    }
}
