package io.holisticos.app.canary;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.app.canary.BurnRule.Burn;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.FlagChange;
import io.holisticos.app.flags.FlagState;
import io.holisticos.app.flags.Flags;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Switches the canary off for all replicas, as an operator would, and says why. */
final class FallBack {

    private static final Logger log = LoggerFactory.getLogger(FallBack.class);

    /** The share and the users stay as they were, so that an operator sees them and can switch the same canary on again. */
    private static final FlagChange OFF = new FlagChange(false, null, null);

    private final Flags flags;
    private final MetricRegistry metrics;

    /** Registers the counters of all objectives at 0. */
    FallBack(Flags flags, MetricRegistry metrics) {
        this.flags = flags;
        this.metrics = metrics;
        for (Objective objective : Objective.values()) {
            counter(objective);
        }
    }

    /**
     * Switches off what was judged, unless the flag has been set otherwise meanwhile: by an operator, or by another replica
     * that saw the same.
     */
    void from(Flag flag, FlagState judged, Burn burn) {
        if (flags.changeFrom(judged, flag, OFF).isPresent()) {
            counter(burn.objective()).inc();
            log.warn(
                    "event=canary_fell_back caller=canary flag={} percentage={} users={} objective={} missed={} of={}"
                            + " missed_longer={} of_longer={} runbook=docs/runbooks/canary.md",
                    flag,
                    judged.percentage(),
                    judged.users().size(),
                    burn.objective().word(),
                    burn.shortly().missed(),
                    burn.shortly().all(),
                    burn.longer().missed(),
                    burn.longer().all());
        }
    }

    private Counter counter(Objective objective) {
        return metrics.counter(MetricRegistry.name("canary", "fallbacks", objective.word()));
    }
}
