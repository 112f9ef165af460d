package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The completeness ledger of one member: of which moments it is known what WHOOP has, collection by collection. A moment
 * is covered when a list was read that holds every record <em>starting</em> then; a recovery starts with its sleep. What
 * is not covered is unfetched. Covered is not final: it was so when it was read.
 */
public final class Coverage {

    private static final Kept NOTHING = new Kept(Spans.none(), Spans.none(), Spans.none());

    private final Map<RecordKind<?>, Kept> kept;

    Coverage(Map<RecordKind<?>, Kept> kept) {
        this.kept = Map.copyOf(kept);
    }

    /** Nothing is known of the member yet. */
    public static Coverage none() {
        return new Coverage(Map.of());
    }

    /** What a covered span holds. */
    public enum State {
        /** Records, none of them waiting for its score. */
        FETCHED,
        /** Nothing: no record starts within half a week. */
        EMPTY,
        /** A record that WHOOP has not scored yet. */
        PENDING
    }

    /** A span of one state, half open. */
    public record Interval(Instant from, Instant to, State state) {}

    /**
     * What is kept of a collection.
     *
     * @param read windows read to the end
     * @param near what lies around the records found
     * @param pending where records wait for their score
     */
    record Kept(Spans read, Spans near, Spans pending) {}

    /** The covered spans of a collection, oldest first; no two overlap. */
    public List<Interval> intervals(RecordKind<?> kind) {
        Kept of = of(kind);
        Spans pending = of.read().intersect(of.pending());
        Spans found = of.read().minus(pending);
        List<Interval> all = new ArrayList<>();
        add(all, pending, State.PENDING);
        add(all, found.intersect(of.near()), State.FETCHED);
        add(all, found.minus(of.near()), State.EMPTY);
        all.sort(Comparator.comparing(Interval::from));
        return List.copyOf(all);
    }

    /** Every covered moment of a collection, whatever its state. */
    public Spans covered(RecordKind<?> kind) {
        return of(kind).read();
    }

    /** What of the window is unfetched, oldest first. */
    public List<Window> gaps(RecordKind<?> kind, Window window) {
        return Spans.of(window).minus(of(kind).read()).windows();
    }

    /** The covered span that reaches furthest towards today. */
    public Optional<Window> newest(RecordKind<?> kind) {
        List<Window> windows = of(kind).read().windows();
        return windows.isEmpty() ? Optional.empty() : Optional.of(windows.get(windows.size() - 1));
    }

    private Kept of(RecordKind<?> kind) {
        return kept.getOrDefault(kind, NOTHING);
    }

    private static void add(List<Interval> all, Spans spans, State state) {
        spans.windows().forEach(window -> all.add(new Interval(window.start(), window.end(), state)));
    }

    @Override
    public String toString() {
        return "Coverage" + kept.keySet();
    }
}
