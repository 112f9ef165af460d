package io.holisticos.sahha.data;

import io.holisticos.sahha.api.SahhaKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** When each kind and span of days of one member was last fetched. */
public record RefreshMarks(List<Mark> marks) {

    public RefreshMarks {
        marks = List.copyOf(marks);
    }

    /**
     * One row of {@code sahha_refresh}.
     *
     * @param kind a {@link SahhaKind#key}
     * @param span the name of a span of days: {@code recent}, or a month such as {@code 2026-11}
     * @param refreshedAt when the last fetch began
     */
    public record Mark(String kind, String span, Instant refreshedAt) {}

    /** Whether nothing of the member was ever fetched. */
    public boolean isEmpty() {
        return marks.isEmpty();
    }

    /** When the last fetch of this kind and span began; empty when there was none. */
    public Optional<Instant> at(SahhaKind kind, String span) {
        return marks.stream()
                .filter(mark -> mark.kind().equals(kind.key()) && mark.span().equals(span))
                .map(Mark::refreshedAt)
                .findFirst();
    }

    /** When the last fetch of anything began. */
    public Optional<Instant> newest() {
        return marks.stream().map(Mark::refreshedAt).max(Instant::compareTo);
    }
}
