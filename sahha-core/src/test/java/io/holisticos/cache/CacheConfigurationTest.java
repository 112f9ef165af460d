package io.holisticos.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.holisticos.health.UserId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheConfigurationTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final UserId ANNA = new UserId("a-member");

    private final MetricRegistry metrics = new MetricRegistry();

    @Test
    void keepsSixtyFourMebibytesByDefault() throws Exception {
        assertThat(keeps(read("{}").cache("unified", metrics), 4 << 20)).isTrue();
        assertThat(keeps(read("{}").cache("existing", metrics), (4 << 20) + 1))
                .as("more than the room of one person")
                .isFalse();
    }

    @Test
    void readsEverySetting() throws Exception {
        assertThat(keeps(read("enabled: false").cache("unified", metrics), 1)).isFalse();
        assertThat(keeps(read("maxSize: 1MiB").cache("existing", metrics), (1 << 16) + 1))
                .isFalse();
        assertThat(keeps(read("maxSize: 1MiB").cache("third", metrics), 1 << 16))
                .isTrue();
    }

    @Test
    void aCacheIsSeenInTheMetrics() throws Exception {
        MemberCache<String, String> cache = read("{}").cache("existing", metrics);
        keeps(cache, 700);
        cache.find(ANNA, "another question", NOW);

        assertThat(gauge("cache.existing.hits")).isEqualTo(1L);
        assertThat(gauge("cache.existing.misses")).isEqualTo(1L);
        assertThat(gauge("cache.existing.evictions")).isEqualTo(0L);
        assertThat(gauge("cache.existing.size")).isEqualTo(1L);
        assertThat(gauge("cache.existing.weight")).isEqualTo(700L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"maxSize: 0B", "maxSize: 1000kB", "maxSize: 17GiB", "maxSize: many", "size: 1MiB"})
    void refusesWhatCannotBe(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigurationException.class);
    }

    private static boolean keeps(MemberCache<String, String> cache, int weight) {
        cache.keep(cache.begin(ANNA, NOW), "today", "hers", weight, NOW.plusSeconds(1));
        return cache.find(ANNA, "today", NOW) != null;
    }

    private Object gauge(String name) {
        return metrics.getGauges().get(name).getValue();
    }

    private static CacheConfiguration read(String yaml) throws IOException, ConfigurationException {
        return new DefaultConfigurationFactoryFactory<CacheConfiguration>()
                .create(CacheConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "cache.yml");
    }
}
