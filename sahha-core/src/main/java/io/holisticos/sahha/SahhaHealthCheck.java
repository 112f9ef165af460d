package io.holisticos.sahha;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.sahha.refresh.SahhaRefresh;
import java.time.Instant;

/** Whether Sahha answered the last fetch. Makes no call itself. */
final class SahhaHealthCheck extends HealthCheck {

    private final SahhaRefresh refresh;

    SahhaHealthCheck(SahhaRefresh refresh) {
        this.refresh = refresh;
    }

    @Override
    protected Result check() {
        SahhaRefresh.LastFetches last = refresh.lastFetches();
        Instant succeeded = last.succeededAt();
        Instant failed = last.failedAt();
        if (failed != null && (succeeded == null || failed.isAfter(succeeded))) {
            return Result.unhealthy(
                    "the last fetch failed at %s; the rows that were fetched before are served", failed);
        }
        return succeeded == null ? Result.healthy("not asked yet") : Result.healthy("last fetched at %s", succeeded);
    }
}
