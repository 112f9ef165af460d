package io.holisticos.sahha.api;

import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceThrottled;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * When Sahha last answered a request for rows or for a profile, and when such a request last failed. A failure of our own
 * database is no failure of Sahha, nor is a call that a budget held back. Thread-safe.
 */
public final class LastAnswers {

    private final Clock clock;
    private volatile @Nullable Instant succeededAt;
    private volatile @Nullable Instant failedAt;

    public LastAnswers(Clock clock) {
        this.clock = clock;
    }

    <T> T note(Supplier<T> request) {
        try {
            T answer = request.get();
            succeededAt = clock.instant();
            return answer;
        } catch (SourceThrottled heldBack) {
            throw heldBack;
        } catch (HealthError error) {
            failedAt = clock.instant();
            throw error;
        }
    }

    /** Null when Sahha has not answered this process yet. */
    public @Nullable Instant succeededAt() {
        return succeededAt;
    }

    /** Null when no request of this process failed. */
    public @Nullable Instant failedAt() {
        return failedAt;
    }

    /** Whether the last request failed. */
    public boolean isFailing() {
        Instant succeeded = succeededAt;
        Instant failed = failedAt;
        return failed != null && (succeeded == null || failed.isAfter(succeeded));
    }
}
