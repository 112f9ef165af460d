package io.holisticos.outbound;

import java.time.Duration;
import java.util.Optional;

/** The quota that all calls to one system share. Thread-safe. */
public interface Budget {

    /**
     * Takes the permit for one call, at once or not at all: no thread waits here.
     *
     * @throws io.holisticos.health.HealthError.SourceThrottled when none is left, with the time until there is one
     */
    void take(Call call);

    /** Learns from what the other side said of its own counting, 429 included. */
    void learn(Call call, Reply reply);

    /** How long a reply asks us to stay away, as far as it is to be believed; empty when it does not say. */
    default Optional<Duration> retryAfter(Reply reply) {
        return reply.retryAfter();
    }

    /** For systems that publish no limit. */
    static Budget unlimited() {
        return new Budget() {
            @Override
            public void take(Call call) {}

            @Override
            public void learn(Call call, Reply reply) {}
        };
    }
}
