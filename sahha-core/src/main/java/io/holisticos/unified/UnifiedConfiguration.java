package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.dropwizard.util.Duration;
import io.dropwizard.validation.MaxDuration;
import io.dropwizard.validation.MinDuration;
import io.holisticos.health.Deadline;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Limits how long a unified answer may take, and says which source comes first. */
public final class UnifiedConfiguration {

    /** The time after which an answer is given with whatever was read. */
    @NotNull
    @MinDuration(value = 100, unit = TimeUnit.MILLISECONDS)
    @MaxDuration(value = 60, unit = TimeUnit.SECONDS)
    @JsonProperty
    Duration deadline = Duration.seconds(5);

    /** The part of the deadline that each source may use, by its name. A source that is not named may use all that is left. */
    @NotNull
    @JsonProperty
    Map<String, @NotNull @MinDuration(value = 10, unit = TimeUnit.MILLISECONDS) Duration> shares =
            Map.of("sahha", Duration.seconds(3), "whoop", Duration.seconds(2));

    /**
     * How many members are read at once for all requests for many members together. Their readers wait for each other, so that
     * those who ask for one member find the sources and their databases free.
     */
    @Min(1)
    @Max(64)
    @JsonProperty
    public int membersAtOnce = 8;

    /** In which order the deployment wants the sources. A member's own order comes before it, the product's after it. */
    @NotNull
    @JsonDeserialize(using = PreferencesSetting.class)
    @JsonProperty
    Preferences preferences = Preferences.NONE;

    public UnifiedConfiguration() {}

    /** Adds the parts of sources that the file does not name. */
    public UnifiedConfiguration complete(Map<SourceName, java.time.Duration> otherShares) {
        Map<String, Duration> all = new HashMap<>(shares);
        otherShares.forEach((source, share) -> all.putIfAbsent(source.value(), Duration.nanoseconds(share.toNanos())));
        shares = Map.copyOf(all);
        return this;
    }

    /** Whether the order of sources names none but these. */
    public boolean prefersOnly(Collection<SourceName> sources) {
        return Stream.of(
                        Stream.of(preferences.order()),
                        preferences.byFamily().values().stream(),
                        preferences.byMetric().values().stream())
                .flatMap(orders -> orders)
                .allMatch(sources::containsAll);
    }

    /** The part of the deadline for all sources; a twentieth is left for merging and writing. */
    java.time.Duration readingTime() {
        return deadline.toJavaDuration().multipliedBy(19).dividedBy(20);
    }

    /** The part of the deadline that this source may use. */
    public java.time.Duration shareOf(SourceName source) {
        Duration share = shares.get(source.value());
        return share == null || share.compareTo(deadline) > 0 ? readingTime() : share.toJavaDuration();
    }

    /** Whether so much time fits this source's part. */
    public boolean fits(java.time.Duration time, SourceName source) {
        return time.compareTo(shareOf(source)) <= 0;
    }

    /** The deadline of this source within the deadline of the request. */
    Deadline share(SourceName source, Deadline whole) {
        Duration share = shares.get(source.value());
        return share == null ? whole : whole.atMost(share.toJavaDuration());
    }
}
