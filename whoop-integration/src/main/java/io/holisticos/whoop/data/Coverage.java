package io.holisticos.whoop.data;

import io.holisticos.whoop.api.Window;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * For which moments it is known what WHOOP has of one member, kind by kind. A moment is covered when a list was read that shows
 * every record <em>starting</em> then; a recovery starts with its sleep. Moments that are not covered are unfetched. What is
 * covered can still change at WHOOP afterwards.
 */
public final class Coverage {

    private static final OfKind NOTHING = new OfKind(Spans.none(), Spans.none(), Spans.none());

    private final Map<RecordKind<?>, OfKind> kinds;

    Coverage(Map<RecordKind<?>, OfKind> kinds) {
        this.kinds = Map.copyOf(kinds);
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
     * What is known of a kind.
     *
     * @param read the windows that were read to their end
     * @param near half a week to either side of every record found
     * @param pending where records wait for their score
     */
    record OfKind(Spans read, Spans near, Spans pending) {}

    /** The covered spans of a kind, oldest first; no two overlap. */
    public List<Interval> intervals(RecordKind<?> kind) {
        OfKind of = of(kind);
        Spans pending = of.read().intersect(of.pending());
        Spans found = of.read().minus(pending);
        List<Interval> all = new ArrayList<>();
        add(all, pending, State.PENDING);
        add(all, found.intersect(of.near()), State.FETCHED);
        add(all, found.minus(of.near()), State.EMPTY);
        all.sort(Comparator.comparing(Interval::from));
        return List.copyOf(all);
    }

    /** Every covered moment of a kind, whatever its state. */
    public Spans covered(RecordKind<?> kind) {
        return of(kind).read();
    }

    /** The unfetched parts of the window, oldest first. */
    public List<Window> gaps(RecordKind<?> kind, Window window) {
        return Spans.of(window).minus(of(kind).read()).windows();
    }

    /** The covered span that reaches furthest towards today. */
    public Optional<Window> newest(RecordKind<?> kind) {
        List<Window> windows = of(kind).read().windows();
        return windows.isEmpty() ? Optional.empty() : Optional.of(windows.get(windows.size() - 1));
    }

    private OfKind of(RecordKind<?> kind) {
        return kinds.getOrDefault(kind, NOTHING);
    }

    private static void add(List<Interval> all, Spans spans, State state) {
        spans.windows().forEach(window -> all.add(new Interval(window.start(), window.end(), state)));
    }

    @Override
    public String toString() {
        return "Coverage" + kinds.keySet();
    }
}
