package io.holisticos.whoop.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The reads of a member that fail. Each of them is tried less and less often until it works, and delays no other read.
 *
 * @param of reads that work are missing
 */
record ReadFailures(Map<ReadTarget, ReadFailure> of) {

    static final ReadFailures NONE = new ReadFailures(Map.of());

    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);

    /** Such a failure has to be mended at WHOOP or here; trying more often does not help. */
    private static final Duration LONGEST_RETRY = Duration.ofDays(1);

    /** A run that somebody waits for is abandoned after so many. */
    private static final int MAX_FAILURES = 5;

    ReadFailures {
        of = Map.copyOf(of);
    }

    /**
     * A read that can fail by itself.
     *
     * @param furtherBack whether a backfill reads it: the newest page says nothing of the years before
     */
    record ReadTarget(SyncRun.Stage stage, boolean furtherBack) {}

    /**
     * How it failed last.
     *
     * @param times how often in a row, in whatever way
     * @param retryAt when it is tried again
     */
    record ReadFailure(SyncError error, int times, Instant retryAt) {

        /** Whether a run should not wait for it. */
        private boolean isHopeless(Instant now) {
            return isHeldBack(now) && (error.isFinal() || times >= MAX_FAILURES);
        }

        private boolean isHeldBack(Instant now) {
            return retryAt.isAfter(now);
        }
    }

    Optional<ReadFailure> find(ReadTarget target) {
        return Optional.ofNullable(of.get(target));
    }

    boolean isHeldBack(@Nullable ReadTarget target, Instant now) {
        return target != null
                && find(target).filter(failed -> failed.isHeldBack(now)).isPresent();
    }

    /** Empty while the read may still work. */
    Optional<ReadFailure> findHopeless(ReadTarget target, Instant now) {
        return find(target).filter(failed -> failed.isHopeless(now));
    }

    /** Lists whose newest pages failed, and are due to be tried again. */
    Stream<RecordCollection> due(Instant now) {
        return of.entrySet().stream()
                .filter(one -> !one.getKey().furtherBack() && !one.getValue().isHeldBack(now))
                .flatMap(one -> one.getKey().stage().collection().stream());
    }

    Stream<Instant> retries() {
        return of.values().stream().map(ReadFailure::retryAt);
    }

    /** The failure after one more. */
    ReadFailure again(ReadTarget target, SyncError error, Instant now) {
        int times = 1 + find(target).map(ReadFailure::times).orElse(0);
        return new ReadFailure(error, times, now.plus(doubled(FIRST_RETRY, times, LONGEST_RETRY)));
    }

    /** How long to wait after so many failures. */
    static Duration doubled(Duration first, int times, Duration longest) {
        Duration wait = first.multipliedBy(1L << Math.min(times - 1, 16));
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
