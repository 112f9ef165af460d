/**
 * Work that survives a kill: db-scheduler, one for each database.
 *
 * <p>May use {@code health}. Start reading at {@link io.holisticos.jobs.Jobs}.
 */
@NullMarked
package io.holisticos.jobs;

import org.jspecify.annotations.NullMarked;
