package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import java.util.Map;

/** Provides the credential for a call. Thread-safe. */
public interface Authorization {

    /**
     * The headers to add. May itself make a call for a token.
     *
     * @throws io.holisticos.health.HealthError when there is no valid credential
     */
    Map<String, String> headers(Call call, Deadline deadline);

    /**
     * Called when the other side refused these headers with 401.
     *
     * @return whether there is a new credential, so that one more attempt makes sense
     */
    boolean renew(Call call, Map<String, String> refused, Deadline deadline);

    /** For calls that carry their credential in the body, or need none. */
    static Authorization none() {
        return new Authorization() {
            @Override
            public Map<String, String> headers(Call call, Deadline deadline) {
                return Map.of();
            }

            @Override
            public boolean renew(Call call, Map<String, String> refused, Deadline deadline) {
                return false;
            }
        };
    }
}
