/**
 * Tests of runs and their jobs, against the twin of WHOOP and a real PostgreSQL.
 *
 * <p>May use everything. Start reading at {@link io.holisticos.whoop.sync.SyncJobsTest}.
 */
@NullMarked
package io.holisticos.whoop.sync;

import org.jspecify.annotations.NullMarked;
