package io.holisticos.whoop;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.jobs.Jobs;

/** Whether this process takes jobs. */
final class JobsHealthCheck extends HealthCheck {

    private final Jobs jobs;

    JobsHealthCheck(Jobs jobs) {
        this.jobs = jobs;
    }

    @Override
    protected Result check() {
        return jobs.isRunning() ? Result.healthy() : Result.unhealthy("jobs are not running: is the database up?");
    }
}
