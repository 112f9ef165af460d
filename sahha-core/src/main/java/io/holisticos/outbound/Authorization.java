package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import java.util.Map;

/** Proves to the other side who is calling. Thread-safe. */
public interface Authorization {

    /**
     * The headers to add; may itself call out for a token.
     *
     * @throws io.holisticos.health.HealthError when no valid credential can be had
     */
    Map<String, String> headers(Call call, Deadline deadline);

    /**
     * The other side refused these headers with 401.
     *
     * @return whether a fresh credential is at hand, so that one more try makes sense
     */
    boolean renew(Call call, Map<String, String> refused, Deadline deadline);

    /** For calls that carry their credentials in the body, or need none. */
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
