package io.holisticos.app.probes;

import io.holisticos.health.Deadline;
import io.holisticos.vitals.HealthStatus;
import java.time.Duration;
import java.util.List;

/**
 * All probes of the service.
 *
 * @param sources of the sources beside the entry point that are configured
 */
record BoundedProbes(
        BoundedProbe<HealthStatus> database, BoundedProbe<Boolean> migrations, List<SourceProbes<?>> sources) {

    /** The longest that a caller waits for all probes together. */
    private static final Duration MAX_WAIT = Duration.ofMillis(500);

    BoundedProbes {
        sources = List.copyOf(sources);
    }

    /** Starts all probes at the same time. Their results are read until the deadline. */
    Deadline begin() {
        database.begin();
        migrations.begin();
        sources.forEach(SourceProbes::begin);
        return Deadline.after(MAX_WAIT);
    }
}
