package io.holisticos.command;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import io.holisticos.command.CommandConfiguration.Breaker;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.CommandConfiguration.Pool;
import io.holisticos.command.CommandConfiguration.Semaphores;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The settings of one command, or of all commands of a target, that replace the defaults. All are optional. */
public final class CommandSettings {

    /** {@code THREAD}: a pool of its own; callers stop waiting in time. {@code SEMAPHORE}: the caller's thread, never interrupted. */
    @JsonProperty
    @Nullable
    Isolation isolation;

    /** The longest one execution may take, queueing included. */
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    @Nullable
    Duration timeout;

    /** With {@code SEMAPHORE}: how many may run at a time; more are refused (Hystrix's default is 10). */
    @Min(1)
    @JsonProperty
    @Nullable
    Integer semaphore;

    /** Fallbacks at a time; 0 switches them off (Hystrix's default is 10). */
    @Min(0)
    @JsonProperty
    @Nullable
    Integer fallbackSemaphore;

    /** With {@code THREAD}: threads that are started before work is queued (Hystrix's default is 10). */
    @Min(1)
    @Max(1000)
    @JsonProperty
    @Nullable
    Integer threads;

    /** With {@code THREAD}: threads in all; more than {@link #threads} only once the queue is full. */
    @Min(1)
    @Max(1000)
    @JsonProperty
    @Nullable
    Integer maxThreads;

    /** How many executions may wait for a thread; -1: none, they are refused (Hystrix's default). */
    @Min(-1)
    @JsonProperty
    @Nullable
    Integer queue;

    /** The queue length at which executions are refused (Hystrix's default is 5). */
    @Min(1)
    @JsonProperty
    @Nullable
    Integer queueRejectionThreshold;

    /** The time after which an idle thread ends (Hystrix's default is 1 min). */
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    @Nullable
    Duration keepAlive;

    /** The share of failed calls, in percent, at which the breaker opens (Hystrix's default is 50). */
    @Min(1)
    @Max(100)
    @JsonProperty
    @Nullable
    Integer breakerErrorPercentage;

    /** The number of calls in the rolling window below which the breaker never opens (Hystrix's default is 20). */
    @Min(1)
    @JsonProperty
    @Nullable
    Integer breakerRequestVolume;

    /** The rolling window over which calls are counted (Hystrix's default is 10 s). */
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @JsonProperty
    @Nullable
    Duration breakerWindow;

    /** How long an open breaker refuses calls before it lets one through (Hystrix's default is 5 s). */
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @JsonProperty
    @Nullable
    Duration breakerSleep;

    /** No call passes from the start on, until an operator resets the breaker. Takes precedence over {@link #forceClosed}. */
    @JsonProperty
    boolean forceOpen;

    /** Every call passes, however many fail. */
    @JsonProperty
    boolean forceClosed;

    /** The settings in force: these where they are set, else {@code base}. */
    public CommandConfiguration over(CommandConfiguration base) {
        Pool pool = base.pool();
        int core = or(threads, maxThreads == null ? pool.core() : Math.min(pool.core(), maxThreads));
        Breaker breaker = base.breaker();
        return new CommandConfiguration(
                or(isolation, base.isolation()),
                span(timeout, base.timeout()),
                new Semaphores(
                        or(semaphore, base.semaphores().execution()),
                        or(fallbackSemaphore, base.semaphores().fallback())),
                new Pool(
                        core,
                        or(maxThreads, Math.max(core, pool.max())),
                        or(queue, pool.queue()),
                        or(queueRejectionThreshold, pool.rejectionThreshold()),
                        span(keepAlive, pool.keepAlive())),
                new Breaker(
                        or(breakerRequestVolume, breaker.requestVolume()),
                        or(breakerErrorPercentage, breaker.errorPercentage()),
                        span(breakerSleep, breaker.sleep()),
                        span(breakerWindow, breaker.window()),
                        forced(breaker.forced())));
    }

    @JsonIgnore
    @ValidationMethod(message = "maxThreads must not be below threads")
    public boolean isRoomForItsThreads() {
        return threads == null || maxThreads == null || maxThreads >= threads;
    }

    private Command.@Nullable Force forced(Command.@Nullable Force base) {
        if (forceOpen) {
            return Command.Force.FORCED_OPEN;
        }
        return forceClosed ? Command.Force.FORCED_CLOSED : base;
    }

    private static <T> T or(@Nullable T own, T base) {
        return own == null ? base : own;
    }

    private static java.time.Duration span(@Nullable Duration own, java.time.Duration base) {
        return own == null ? base : own.toJavaDuration();
    }
}
