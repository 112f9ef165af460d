package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceName;
import jakarta.validation.constraints.NotNull;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** How long a unified answer may take. */
public final class UnifiedConfiguration {

    /** By then an answer is given, with whatever was read. */
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration deadline = Duration.seconds(5);

    /** The part of it that a source may use, by the source's name; one not named may use what is left. */
    @NotNull
    @JsonProperty
    Map<String, @NotNull @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS) Duration> shares =
            Map.of("sahha", Duration.seconds(3), "whoop", Duration.seconds(2));

    public UnifiedConfiguration() {}

    java.time.Duration deadline() {
        return deadline.toJavaDuration();
    }

    /** What this source may use of the whole. */
    public java.time.Duration shareOf(SourceName source) {
        Duration share = shares.get(source.value());
        return share == null || share.compareTo(deadline) > 0 ? deadline() : share.toJavaDuration();
    }

    /** The end for this source, within the end of the whole. */
    Deadline share(SourceName source, Deadline whole) {
        Duration share = shares.get(source.value());
        return share == null ? whole : whole.atMost(share.toJavaDuration());
    }
}
