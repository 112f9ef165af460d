package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.Optional;

/** When a member's data was last brought up to date; whoever keeps the data knows. */
@FunctionalInterface
public interface LastSynced {

    Optional<Instant> of(UserId who);
}
