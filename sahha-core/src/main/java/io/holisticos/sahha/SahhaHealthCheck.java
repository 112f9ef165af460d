package io.holisticos.sahha;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.sahha.api.LastAnswers;
import java.time.Instant;

/** Whether Sahha answered the last request. Makes no call itself. */
final class SahhaHealthCheck extends HealthCheck {

    private final LastAnswers last;

    SahhaHealthCheck(LastAnswers last) {
        this.last = last;
    }

    @Override
    protected Result check() {
        if (last.isFailing()) {
            return Result.unhealthy(
                    "the last request failed at %s; the rows that were fetched before are served", last.failedAt());
        }
        Instant succeeded = last.succeededAt();
        return succeeded == null ? Result.healthy("not asked yet") : Result.healthy("last answered at %s", succeeded);
    }
}
