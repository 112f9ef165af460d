package io.holisticos.app.probes;

import io.holisticos.health.Deadline;
import io.holisticos.whoop.WhoopVitals;
import java.time.Duration;
import java.util.Optional;

/** All probes of the service. */
record BoundedProbes(
        BoundedProbe<HealthStatus> database,
        BoundedProbe<Boolean> migrations,
        Optional<BoundedProbe<HealthStatus>> whoopDatabase,
        Optional<BoundedProbe<Boolean>> whoopEnabled,
        Optional<BoundedProbe<WhoopVitals.Stored>> whoopStored) {

    /** The longest that a caller waits for all probes together. */
    private static final Duration MAX_WAIT = Duration.ofMillis(500);

    /** Starts all probes at the same time. Their results are read until the deadline. */
    Deadline begin() {
        database.begin();
        migrations.begin();
        whoopDatabase.ifPresent(BoundedProbe::begin);
        whoopEnabled.ifPresent(BoundedProbe::begin);
        whoopStored.ifPresent(BoundedProbe::begin);
        return Deadline.after(MAX_WAIT);
    }
}
