package io.holisticos.app.probes;

import io.holisticos.health.Deadline;
import io.holisticos.whoop.WhoopVitals;
import java.time.Duration;
import java.util.Optional;

/** Everything that has to be looked at, because it may hang. */
record Looks(
        Look<Boolean> database,
        Look<Boolean> migrations,
        Optional<Look<Boolean>> whoopEnabled,
        Optional<Look<WhoopVitals.Stored>> whoopStored) {

    /** What a probe or a person waits at most, for all looks together. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** Begins all looks at the same time; what they see is to be read by the deadline. */
    Deadline begin() {
        database.begin();
        migrations.begin();
        whoopEnabled.ifPresent(Look::begin);
        whoopStored.ifPresent(Look::begin);
        return Deadline.after(PATIENCE);
    }
}
