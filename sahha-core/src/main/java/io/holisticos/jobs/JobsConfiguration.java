package io.holisticos.jobs;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MinDuration;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** How jobs of one database are run by this process. */
public final class JobsConfiguration {

    /** Jobs this process works on at once. */
    @Min(1)
    @Max(64)
    @JsonProperty
    int threads = 4;

    /** How often this process looks for due jobs. */
    @NotNull
    @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS)
    @JsonProperty
    Duration pollingInterval = Duration.seconds(1);

    /** A running job says so this often; one silent for six times as long is taken over by another process. */
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @JsonProperty
    Duration heartbeat = Duration.seconds(15);

    private boolean byHand;

    public JobsConfiguration() {}

    /** Jobs that run only when told to, in the thread that tells them; see {@link Jobs#runDue}. */
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
