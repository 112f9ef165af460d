/**
 * Work that survives a kill: db-scheduler, one for each database.
 *
 * <p>May use: {@code vitals}, {@code health}, {@code database}.
 *
 * <p>Start reading at {@link io.holisticos.jobs.Jobs}. Whoever changes what a job works on wakes it by the SQL function {@code
 * job_wake_up}, and reads when it runs next from the view {@code job_timetable}; see {@code whoop-db/117-job-wake-up.sql}.
 */
@NullMarked
package io.holisticos.jobs;

import org.jspecify.annotations.NullMarked;
