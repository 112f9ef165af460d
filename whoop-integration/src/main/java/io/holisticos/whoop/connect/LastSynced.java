package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.Optional;

/** When a member's records were last brought up to date. */
@FunctionalInterface
public interface LastSynced {

    Optional<Instant> of(UserId who);
}
