package io.holisticos.sahha;

import com.codahale.metrics.health.HealthCheck;
import java.time.Instant;

/** Whether Sahha answered when it was last asked. Asks nothing itself. */
final class SahhaHealthCheck extends HealthCheck {

    private final SahhaRefresh refresh;

    SahhaHealthCheck(SahhaRefresh refresh) {
        this.refresh = refresh;
    }

    @Override
    protected Result check() {
        SahhaRefresh.Health health = refresh.health();
        Instant succeeded = health.succeededAt();
        Instant failed = health.failedAt();
        if (failed != null && (succeeded == null || failed.isAfter(succeeded))) {
            return Result.unhealthy("the last fetch failed at %s; what is held is served", failed);
        }
        return succeeded == null ? Result.healthy("not asked yet") : Result.healthy("last fetched at %s", succeeded);
    }
}
