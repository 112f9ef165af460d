package io.holisticos.cache;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.util.DataSize;
import io.dropwizard.util.DataSizeUnit;
import io.dropwizard.validation.MaxDataSize;
import io.dropwizard.validation.MinDataSize;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.Optional;

/** The section {@code cache}: answers that are kept in memory. */
public final class CacheConfiguration {

    /** With false every answer is read from the databases. */
    @JsonProperty
    boolean enabled = true;

    /** How much memory the answers of one kind of route may take: unified answers, and existing overviews. */
    @NotNull
    @MinDataSize(value = 1, unit = DataSizeUnit.MEBIBYTES)
    @MaxDataSize(value = 16, unit = DataSizeUnit.GIBIBYTES)
    @JsonProperty
    DataSize maxSize = DataSize.mebibytes(64);

    /** A second level that all replicas share; there is none by default. */
    @Valid
    @NotNull
    @JsonProperty
    RedisConfiguration redis = new RedisConfiguration();

    /** The second level; empty when there is none, as when no answers are kept at all. */
    public Optional<RedisConfiguration> redis() {
        return enabled && redis.isConfigured() ? Optional.of(redis) : Optional.empty();
    }

    /**
     * A place for answers, which keeps none when that is switched off.
     *
     * @param name part of the names of its gauges, such as {@code cache.unified.hits}
     */
    public <Q, A> MemberCache<Q, A> cache(String name, MetricRegistry metrics) {
        MemberCache<Q, A> cache = new MemberCache<>(enabled ? maxSize.toBytes() : 0);
        metrics.gauge(MetricRegistry.name("cache", name, "hits"), () -> cache::hits);
        metrics.gauge(MetricRegistry.name("cache", name, "misses"), () -> cache::misses);
        metrics.gauge(MetricRegistry.name("cache", name, "evictions"), () -> cache::evictions);
        metrics.gauge(MetricRegistry.name("cache", name, "size"), () -> cache::size);
        metrics.gauge(MetricRegistry.name("cache", name, "weight"), () -> cache::weight);
        return cache;
    }
}
