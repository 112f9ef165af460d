package io.holisticos.whoop;

import com.codahale.metrics.health.HealthCheck;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.WhatFailed;
import io.holisticos.jobs.Jobs;
import io.holisticos.whoop.sync.RepeatedFailure;
import java.util.List;

/** Whether this process takes jobs, all that recur are on the list, and none fails again and again. */
final class JobsHealthCheck extends HealthCheck {

    private final Jobs jobs;
    private final FailingJobs jobsThatFail;

    JobsHealthCheck(Jobs jobs, FailingJobs jobsThatFail) {
        this.jobs = jobs;
        this.jobsThatFail = jobsThatFail;
    }

    @Override
    protected Result check() {
        if (!jobs.isRunning()) {
            return Result.unhealthy("jobs are not running: is the database up?");
        }
        try {
            List<String> unlisted = jobsThatFail.unlisted(jobs.recurring());
            if (!unlisted.isEmpty()) {
                return Result.unhealthy(
                        "not on the list of jobs: %s; they are put on it again and again, every minute at the latest",
                        unlisted);
            }
            List<RepeatedFailure> failing = jobsThatFail.find();
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
