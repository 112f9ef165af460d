package io.holisticos.whoop;

import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.whoop.quota.QuotaGovernor;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * WHOOP's quota for operators. Every method throws {@link SourceUnavailable} while WHOOP's database is away. Thread-safe.
 */
public final class WhoopQuota {

    private final QuotaGovernor quota;
    private final SyncRequests requests;

    WhoopQuota(QuotaGovernor quota, SyncRequests requests) {
        this.quota = quota;
        this.requests = requests;
    }

    /** The report on the quota, to be written as JSON. */
    public Object report() {
        return quota.report();
    }

    /**
     * Stops all calls for a while, on every replica. Returns what changed, in words.
     *
     * @param window {@code minute} or {@code day}: a block lasts no longer
     * @throws InvalidRequest when that is neither, or it would
     */
    public List<String> block(String window, Duration length) {
        Instant until = quota.block(window, length);
        return List.of(window + ": blocked until " + until + ", unless it was blocked for longer");
    }

    /**
     * Lets calls continue on every replica, and lets members who wait for a permit try again. Returns what changed, in words.
     *
     * @param window null for both
     * @throws InvalidRequest when there is no such window
     */
    public List<String> unblock(@Nullable String window) {
        List<String> windows = window == null ? QuotaGovernor.windows() : List.of(window);
        Map<String, Instant> lifted = quota.unblock(windows);
        int resumed = requests.resume();
        List<String> changed = new ArrayList<>();
        for (String one : windows) {
            Instant until = lifted.get(one);
            changed.add(one + (until == null ? ": was not blocked" : ": unblocked, was blocked until " + until));
        }
        changed.add("members: " + resumed + " resumed");
        return changed;
    }
}
