package io.holisticos.jobs;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** How jobs of one database are run by this process. */
public final class JobsConfiguration {

    /** How many jobs this process runs at once. */
    @Min(1)
    @Max(64)
    @JsonProperty
    int threads = 4;

    /** How often this process looks for due jobs. */
    @NotNull
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @JsonProperty
    Duration pollingInterval = Duration.seconds(1);

    /** After so many missed heartbeats a process may be dead; db-scheduler allows no fewer. */
    static final int HEARTBEATS_MISSED = 4;

    /** db-scheduler checks for dead processes after the time of so many heartbeats; {@link TakeOver} says why it takes two checks. */
    private static final int HEARTBEATS_BETWEEN_CHECKS = 2;

    private static final java.time.Duration LONGEST_TAKE_OVER = java.time.Duration.ofSeconds(30);

    /**
     * How often a running job sends a heartbeat. A job without one for four times as long, and still without one two checks
     * later, is taken over by another process: after 25 s at most, and not while its process lives and the database is up to
     * 10 s slow.
     */
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @JsonProperty
    Duration heartbeat = Duration.seconds(3);

    private boolean byHand;

    @JsonIgnore
    @ValidationMethod(
            message = "heartbeat and pollingInterval must let jobs of a process that died go on within 30 s:"
                    + " 8 * heartbeat + pollingInterval is at most that")
    public boolean isTakenOverSoon() {
        return takenOverWithin().compareTo(LONGEST_TAKE_OVER) <= 0;
    }

    /** How long a job of a dead process may wait. */
    java.time.Duration takenOverWithin() {
        return heartbeat
                .toJavaDuration()
                .multipliedBy(HEARTBEATS_MISSED + 2 * HEARTBEATS_BETWEEN_CHECKS)
                .plus(pollingInterval.toJavaDuration());
    }

    /** After this time without a heartbeat a process is taken for dead. */
    java.time.Duration deadAfter() {
        return heartbeat.toJavaDuration().multipliedBy(HEARTBEATS_MISSED);
    }

    public JobsConfiguration() {}

    /** Jobs that run only when {@link Jobs#runDue} is called, in its thread. */
    public static JobsConfiguration byHand() {
        JobsConfiguration configuration = new JobsConfiguration();
        configuration.byHand = true;
        return configuration;
    }

    boolean isByHand() {
        return byHand;
    }

    /** For tests and the sandbox. */
    public static JobsConfiguration of(int threads, Duration pollingInterval, Duration heartbeat) {
        JobsConfiguration configuration = new JobsConfiguration();
        configuration.threads = threads;
        configuration.pollingInterval = pollingInterval;
        configuration.heartbeat = heartbeat;
        return configuration;
    }
}
