package io.holisticos.app.probes;

import io.holisticos.health.Deadline;
import io.holisticos.whoop.WhoopVitals;
import java.time.Duration;
import java.util.Optional;

/** Everything that has to be looked at, because it may hang. */
record Looks(
        Look<Word> database,
        Look<Boolean> migrations,
        Optional<Look<Word>> whoopDatabase,
        Optional<Look<Boolean>> whoopEnabled,
        Optional<Look<WhoopVitals.Stored>> whoopStored) {

    /** What a probe or a person waits at most, for all looks together. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    /** Begins all looks at the same time; what they see is to be read by the deadline. */
    Deadline begin() {
        database.begin();
        migrations.begin();
        whoopDatabase.ifPresent(Look::begin);
        whoopEnabled.ifPresent(Look::begin);
        whoopStored.ifPresent(Look::begin);
        return Deadline.after(PATIENCE);
    }
}
