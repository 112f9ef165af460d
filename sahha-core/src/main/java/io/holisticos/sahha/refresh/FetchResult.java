package io.holisticos.sahha.refresh;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.NotInTime;
import io.holisticos.sahha.api.SahhaApi;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The result of a fetch that this or another caller began. */
final class FetchResult {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private FetchResult() {}

    /**
     * Waits for it.
     *
     * @throws HealthError what the fetch failed with; {@link SourceUnavailable} when it does not end in time
     */
    static <V> V await(CompletableFuture<V> fetch, Deadline deadline) {
        try {
            return deadline.await(fetch);
        } catch (HealthError error) {
            throw error;
        } catch (NotInTime | RuntimeException e) {
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        }
    }
}
