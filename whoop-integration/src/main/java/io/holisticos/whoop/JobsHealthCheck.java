package io.holisticos.whoop;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.WhatFailed;
import io.holisticos.jobs.Jobs;
import io.holisticos.whoop.connect.Arrivals;
import io.holisticos.whoop.sync.Failing;
import io.holisticos.whoop.sync.Synchronizer;
import java.util.List;

/** Whether this process takes jobs, and none fails again and again. */
final class JobsHealthCheck extends HealthCheck {

    private final Jobs jobs;
    private final Synchronizer synchronizer;
    private final Arrivals arrivals;

    JobsHealthCheck(Jobs jobs, Synchronizer synchronizer, Arrivals arrivals) {
        this.jobs = jobs;
        this.synchronizer = synchronizer;
        this.arrivals = arrivals;
    }

    @Override
    protected Result check() {
        if (!jobs.isRunning()) {
            return Result.unhealthy("jobs are not running: is the database up?");
        }
        try {
            List<Failing> failing = FailingJobs.of(synchronizer, arrivals, jobs);
            return failing.isEmpty()
                    ? Result.healthy()
                    : Result.unhealthy(
                            "fails again and again (members): %s; see event=sync_step_failed and"
                                    + " event=arrival_failed",
                            failing);
        } catch (SourceUnavailable e) {
            return Result.unhealthy("the jobs cannot be read: %s", WhatFailed.inWords(e));
        }
    }
}
