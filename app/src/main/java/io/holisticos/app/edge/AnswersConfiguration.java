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

/** Section {@code answers}: how clients have to take what we answer. */
public final class AnswersConfiguration {

    /**
     * Over this time an answer must be taken at {@link #bytesPerSecond}. The system's own buffers empty in large pieces, so a
     * short time would also end answers to honest clients on slow networks.
     */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    @JsonProperty
    Duration within = Duration.seconds(30);

    @Min(1)
    @Max(1_000_000)
    @JsonProperty
    int bytesPerSecond = 1_000;

    /** How many answers one client may take more slowly than that. With one more, the oldest of that client is given up. */
    @Min(1)
    @Max(100_000)
    @JsonProperty
    int slowOfOneClient = 10;

    /** After this time of such a slow answer it counts as one of {@link #slowOfOneClient}. */
    @NotNull
    @MinDuration(value = 1, unit = TimeUnit.SECONDS)
    @MaxDuration(value = 10, unit = TimeUnit.MINUTES)
    @JsonProperty
    Duration slowAfter = Duration.seconds(5);

    @ValidationMethod(message = "answers.slowAfter must be at most answers.within")
    boolean isSlowBeforeItIsTooSlow() {
        return slowAfter.toNanoseconds() <= within.toNanoseconds();
    }

    /** Whether so much in such a time is too little. */
    boolean isSlow(long bytes, long nanos) {
        return bytes < bytesPerSecond * (double) nanos / TimeUnit.SECONDS.toNanos(1);
    }
}
