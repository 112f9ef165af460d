package io.holisticos.app.canary;

import io.dropwizard.core.setup.Environment;
import io.holisticos.app.canary.BurnRule.Window;
import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.FlagState;
import io.holisticos.app.flags.Flags;
import io.holisticos.command.Commands;
import io.holisticos.health.SourceName;
import io.holisticos.health.WhatFailed;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every few seconds whether a source is on for a share of members only, and then whether an objective burns in this process;
 * if so, {@link FallBack} switches it off. Never switches anything on, and does nothing while the source is on for all or off for all.
 */
public final class Canary {

    private static final Logger log = LoggerFactory.getLogger(Canary.class);

    static final Duration SHORTLY = Duration.ofMinutes(5);
    static final Duration LONGER = Duration.ofMinutes(30);

    private final Flag flag;
    private final Supplier<FlagState> state;
    private final Supplier<Window> counted;
    private final BurnRule rule;
    private final FallBack fallBack;
    private final LongSupplier nanoTime;
    private final History history = new History(LONGER);
    private @Nullable FlagState watched;

    /** What a canary is judged by. */
    record Eyes(Supplier<FlagState> state, Supplier<Window> counted, LongSupplier nanoTime) {}

    Canary(Flag flag, Eyes eyes, BurnRule rule, FallBack fallBack) {
        this.flag = flag;
        this.state = eyes.state();
        this.counted = eyes.counted();
        this.rule = rule;
        this.fallBack = fallBack;
        this.nanoTime = eyes.nanoTime();
    }

    /**
     * What the service has.
     *
     * @param switched the flags of its sources
     */
    public record Service(Flags flags, Commands commands, Map<SourceName, Flag> switched) {}

    /**
     * Begins to look when the service starts, if the configuration says so.
     *
     * @param groups the group of routes that an address belongs to
     */
    public static void watch(
            Environment environment, CanaryConfiguration configuration, Service service, Function<URI, String> groups) {
        if (!configuration.fallback) {
            return;
        }
        Answers answers = new Answers(groups, System::nanoTime);
        environment.jersey().register(answers);
        ScheduledExecutorService looks = environment
                .lifecycle()
                .scheduledExecutorService("canary", true)
                .threads(1)
                .build();
        BurnRule rule = new BurnRule(configuration.leastRequests);
        FallBack fallBack = new FallBack(service.flags(), environment.metrics());
        service.switched().forEach((source, flag) -> {
            Eyes eyes = new Eyes(
                    () -> service.flags().read(flag),
                    () -> new Window(Map.of(
                            Objective.AVAILABILITY, answers.failures(),
                            Objective.UNIFIED_LATENCY, answers.slowness(),
                            Objective.SOURCE_ERRORS, SourceCalls.failures(source, service.commands()))),
                    System::nanoTime);
            long everyMillis = configuration.lookEvery.toMilliseconds();
            ScheduledFuture<?> unused = looks.scheduleWithFixedDelay(
                    new Canary(flag, eyes, rule, fallBack)::look, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
        });
    }

    void look() {
        try {
            FlagState now = state.get();
            if (!isCanary(now)) {
                watched = null;
            } else if (now.equals(watched)) {
                history.add(nanoTime.getAsLong(), counted.get());
                rule.verdict(history.within(SHORTLY), history.within(LONGER))
                        .ifPresent(burn -> fallBack.from(flag, now, burn));
            } else { // what happened with another share says nothing of this one
                watched = now;
                history.beginAt(nanoTime.getAsLong(), counted.get());
            }
        } catch (
                RuntimeException
                        e) { // such as a database that is away: the next look tries again, if it then still burns
            log.warn("event=canary_not_judged flag={} cause=\"{}\"", flag, WhatFailed.inWords(e));
        }
    }

    /** Whether it is on for some members and not for all. */
    private static boolean isCanary(FlagState state) {
        return state.enabled()
                && state.percentage() < 100
                && (state.percentage() > 0 || !state.users().isEmpty());
    }
}
