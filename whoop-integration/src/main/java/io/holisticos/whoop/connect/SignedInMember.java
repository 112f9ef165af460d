package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;

/** Tells which member is signed in in a browser. */
@FunctionalInterface
public interface SignedInMember {

    /**
     * The member; empty when no member is signed in.
     *
     * @param headers of the browser's request
     * @throws SourceUnavailable when that cannot be found out now
     */
    Optional<UserId> in(HttpHeaders headers);
}
