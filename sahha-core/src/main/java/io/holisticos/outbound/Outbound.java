package io.holisticos.outbound;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import jakarta.ws.rs.client.Client;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Calls one other system. The steps are a list: read it to know what happens to a call. Thread-safe. */
public final class Outbound {

    /** When the other side asks us to stay away without saying for how long. */
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofMinutes(1);

    private final SourceName target;
    private final BreakerStep breakers;
    private final List<Step> steps;

    private Outbound(SourceName target, BreakerStep breakers, List<Step> steps) {
        this.target = target;
        this.breakers = breakers;
        this.steps = steps;
    }

    /** The way to {@code target}; {@code client} is kept and not closed. */
    public static Outbound to(
            SourceName target,
            Client client,
            OutboundConfiguration configuration,
            Budget budget,
            Authorization authorization,
            MetricRegistry metrics) {
        BreakerStep breakers = new BreakerStep(target, configuration);
        return new Outbound(
                target,
                breakers,
                List.of(
                        new RetryStep(target, configuration),
                        breakers,
                        new BudgetStep(budget),
                        new AuthorizationStep(authorization),
                        new SendStep(target, client, configuration, metrics)));
    }

    /** The same way with the same breakers, on another budget. */
    public Outbound on(Budget budget) {
        return new Outbound(
                target,
                breakers,
                steps.stream()
                        .map(step -> step instanceof BudgetStep ? new BudgetStep(budget) : step)
                        .toList());
    }

    /**
     * Makes the call.
     *
     * @return the answer, whatever its status below 500 but 429: what a 404 means is for the caller to say
     * @throws SourceThrottled at 429, or when our own budget is spent
     * @throws SourceUnavailable at 5xx, no answer in time, or an open breaker
     * @throws io.holisticos.health.HealthError.BadSourceReply when the answer is too large
     */
    public Reply call(Call call, Deadline deadline) {
        Reply reply = from(0).go(call, deadline);
        if (reply.status() == 429) {
            throw new SourceThrottled(target, reply.retryAfter().orElse(DEFAULT_RETRY_AFTER));
        }
        if (reply.status() >= 500) {
            throw new SourceUnavailable(target, reply.retryAfter().orElse(DEFAULT_RETRY_AFTER));
        }
        return reply;
    }

    /** The command keys whose calls are stopped for now. */
    public Set<String> openBreakers() {
        return breakers.open();
    }

    private Step.Next from(int index) {
        return (call, deadline) -> steps.get(index).run(call, deadline, from(index + 1));
    }
}
