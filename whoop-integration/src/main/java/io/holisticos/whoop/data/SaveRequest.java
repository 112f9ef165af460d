package io.holisticos.whoop.data;

import io.holisticos.health.UserId;
import io.holisticos.whoop.api.Window;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch of a member's records that is to be saved.
 *
 * @param begun when the call that brought the records was begun
 */
record SaveRequest<T>(
        RecordKind<T> kind,
        UserId who,
        RecordBatch<T> batch,
        OffsetDateTime begun,
        OffsetDateTime now,
        AccountCheck account) {

    /** A span of a week without a record is known to be empty; a shorter one is an everyday gap. */
    private static final Duration NEAR = Duration.ofHours(84);

    /** What says which held records are missing; null when nothing does, as when a record came whose id nobody can read. */
    @Nullable
    PageCoverage coverageOfMissing() {
        return batch.unreadable().contains("unknown") ? null : batch.coverage();
    }

    /** Half a week to either side of every record. */
    Spans nearRecords() {
        return new Spans(batch.records().stream()
                .map(fetched -> kind.startOf(fetched.record()))
                .map(start -> new Window(start.minus(NEAR), start.plus(NEAR)))
                .toList());
    }

    /** The windows that the batch covers. */
    Spans covered() {
        PageCoverage coverage = batch.coverage();
        return coverage == null ? Spans.none() : Spans.of(coverage.window());
    }

    /** Health values stay out of logs. */
    @Override
    public String toString() {
        return "SaveRequest[" + kind + ", " + batch + "]";
    }

    /** The keys of all records that came, readable or not. */
    Object[] present(List<RecordVersion> versions) {
        return java.util.stream.Stream.concat(
                        batch.unreadable().stream(), versions.stream().map(RecordVersion::key))
                .toArray();
    }
}
