package io.holisticos.jobs;

import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import io.holisticos.health.WhatFailed;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs which jobs failed, but not whose they are: db-scheduler's own lines contain the ids of members. */
final class JobFailures extends AbstractSchedulerListener {

    private static final Logger log = LoggerFactory.getLogger(JobFailures.class);

    @Override
    public void onExecutionComplete(ExecutionComplete complete) {
        if (complete.getResult() == ExecutionComplete.Result.FAILED) {
            boolean early =
                    complete.getCause().filter(WhatFailed::isNotMigrated).isPresent();
            log.atLevel(early ? Level.DEBUG : Level.WARN)
                    .log(
                            "event=job_failed task={} cause=\"{}\"",
                            complete.getExecution().getTaskName(),
                            complete.getCause().map(WhatFailed::inWords).orElse("unknown"));
        }
    }
}
