package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import java.time.Duration;

/** Makes no call whose caller has stopped waiting. The following steps keep to the time that is left. */
final class DeadlineStep implements Step {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final SourceName target;

    DeadlineStep(SourceName target) {
        this.target = target;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        if (deadline.isExpired()) {
            throw new SourceUnavailable(target, RETRY_AFTER);
        }
        return next.go(call, deadline);
    }
}
