package io.holisticos.app.limits;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

/**
 * Section {@code limits}: how many requests a second one caller may send to one process, and as many at once after a second
 * of silence. 0 means no limit.
 */
public final class LimitsConfiguration {

    private static final int MOST = 1_000_000;

    /** A service, by its key. */
    @Min(0)
    @Max(MOST)
    @JsonProperty
    int service = 1_000;

    /** A member, by the subject of the token. */
    @Min(0)
    @Max(MOST)
    @JsonProperty
    int member = 20;

    /** An address, for requests without a known credential: pages, wrong keys, webhooks that are not signed. */
    @Min(0)
    @Max(MOST)
    @JsonProperty
    int address = 100;

    /** An address, for requests without a known credential on those existing paths that need none. */
    @Min(0)
    @Max(MOST)
    @JsonProperty
    int existingRoutes = 0;

    @Override
    public String toString() {
        return "LimitsConfiguration[service=" + service + ", member=" + member + ", address=" + address
                + ", existingRoutes=" + existingRoutes + "]";
    }
}
