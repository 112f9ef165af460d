package io.holisticos.whoop.sync;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a member fails, each for itself: it is tried ever more seldom until it works, and holds nothing else up.
 *
 * @param of what does not fail is missing
 */
record Failures(Map<What, Failed> of) {

    static final Failures NONE = new Failures(Map.of());

    private static final Duration FIRST_RETRY = Duration.ofSeconds(30);

    /** Somebody has to mend it, at WHOOP or here; nobody looks at a list more often that cannot be read. */
    private static final Duration LONGEST_RETRY = Duration.ofDays(1);

    /** Of a run that somebody waits for. */
    private static final int MAX_FAILURES = 5;

    Failures {
        of = Map.copyOf(of);
    }

    /**
     * What is read.
     *
     * @param furtherBack whether it is what a backfill reads of it: the newest page says nothing of the years before
     */
    record What(SyncRun.Stage stage, boolean furtherBack) {}

    /**
     * How it failed last.
     *
     * @param times how often in a row, in whatever way
     * @param retryAt it is not tried before
     */
    record Failed(SyncError error, int times, Instant retryAt) {

        /** What a run cannot have, unless it is time to try once more. */
        private boolean isHopeless(Instant now) {
            return isHeldBack(now) && (error.isFinal() || times >= MAX_FAILURES);
        }

        private boolean isHeldBack(Instant now) {
            return retryAt.isAfter(now);
        }
    }

    Optional<Failed> find(What what) {
        return Optional.ofNullable(of.get(what));
    }

    boolean isHeldBack(@Nullable What what, Instant now) {
        return what != null
                && find(what).filter(failed -> failed.isHeldBack(now)).isPresent();
    }

    /** Empty while there is hope. */
    Optional<Failed> findHopeless(What what, Instant now) {
        return find(what).filter(failed -> failed.isHopeless(now));
    }

    /** Lists whose newest pages failed, and may be tried again. */
    Stream<Collection> due(Instant now) {
        return of.entrySet().stream()
                .filter(one -> !one.getKey().furtherBack() && !one.getValue().isHeldBack(now))
                .flatMap(one -> one.getKey().stage().collection().stream());
    }

    Stream<Instant> retries() {
        return of.values().stream().map(Failed::retryAt);
    }

    /** It failed once more. */
    Failed again(What what, SyncError error, Instant now) {
        int times = 1 + find(what).map(Failed::times).orElse(0);
        return new Failed(error, times, now.plus(doubled(FIRST_RETRY, times, LONGEST_RETRY)));
    }

    /** How long to wait after so many failures. */
    static Duration doubled(Duration first, int times, Duration longest) {
        Duration wait = first.multipliedBy(1L << Math.min(times - 1, 16));
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
