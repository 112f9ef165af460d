package io.holisticos.outbound;

import java.time.Duration;
import java.util.Optional;

/** The quota shared by all calls to one system. Thread-safe. */
public interface Budget {

    /**
     * Takes the permit for one call without waiting.
     *
     * @throws io.holisticos.health.HealthError.SourceThrottled when none is left; it says when the next one is available
     */
    void take(Call call);

    /** Learns from what a reply, 429 included, says about the quota. */
    void learn(Call call, Reply reply);

    /** How long a reply asks us to wait, as far as this budget believes it; empty when it does not say. */
    default Optional<Duration> retryAfter(Reply reply) {
        return reply.retryAfter();
    }

    /** A budget for systems that publish no limit. */
    static Budget unlimited() {
        return new Budget() {
            @Override
            public void take(Call call) {}

            @Override
            public void learn(Call call, Reply reply) {}
        };
    }
}
