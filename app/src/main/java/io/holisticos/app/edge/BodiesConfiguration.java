package io.holisticos.app.edge;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.concurrent.TimeUnit;

/** Section {@code bodies}: how the bodies of requests have to arrive. */
public final class BodiesConfiguration {

    /** Within this time a body may arrive as slowly as it likes. */
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration within = Duration.seconds(5);

    /** After that time it must have arrived at this rate, counted from its beginning. */
    @Min(1)
    @Max(1_000_000)
    @JsonProperty
    int bytesPerSecond = 1_000;

    /** How many bodies of one client may be under way. With one more, the oldest of that client is given up. */
    @Min(1)
    @Max(100_000)
    @JsonProperty
    int openOfOneClient = 50;

    /** How many bodies of all clients may be under way. */
    @Min(1)
    @Max(100_000)
    @JsonProperty
    int open = 1_000;

    @ValidationMethod(message = "bodies.openOfOneClient must be at most bodies.open")
    boolean isOneClientLessThanAll() {
        return openOfOneClient <= open;
    }

    /** When a body with so many bytes received becomes too slow, in nanoseconds since it began. */
    long patienceNanos(long bytes) {
        return Math.max(within.toNanoseconds(), bytes * TimeUnit.SECONDS.toNanos(1) / bytesPerSecond);
    }
}
