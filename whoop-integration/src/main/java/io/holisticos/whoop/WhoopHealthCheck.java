package io.holisticos.whoop;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.health.HealthError;
import io.holisticos.health.WhatFailed;
import io.holisticos.outbound.Outbound;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.util.Set;

/** Whether WHOOP is being called: no breaker is open and the quota is readable. Calls nothing itself. */
final class WhoopHealthCheck extends HealthCheck {

    private final QuotaGovernor quota;
    private final Outbound data;

    WhoopHealthCheck(QuotaGovernor quota, Outbound data) {
        this.quota = quota;
        this.data = data;
    }

    @Override
    protected Result check() {
        Set<String> open = data.openBreakers();
        if (!open.isEmpty()) {
            return Result.unhealthy("calls are stopped after failures: %s; what is held is served", open);
        }
        try {
            return Result.healthy("quota: %s", quota.status());
        } catch (HealthError e) {
            return Result.unhealthy("the quota cannot be read: %s", WhatFailed.inWords(e));
        }
    }
}
