package io.holisticos.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigurationTest {

    @Test
    void thereIsNoneByDefault() throws Exception {
        RedisConfiguration none = read("{}");

        assertThat(none.isConfigured()).isFalse();
        assertThat(none.timeout()).isEqualTo(Duration.ofMillis(20));
        assertThat(none.socketTimeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(none.connections()).isEqualTo(16);
        assertThat(new CacheConfiguration().redis()).isEmpty();
    }

    @Test
    void readsEverySetting() throws Exception {
        RedisConfiguration all = read("url: 'rediss://health:a-password@redis.internal:6380/2'\n"
                + "timeout: 5ms\nsocketTimeout: 1s\nconnections: 4\n");

        assertThat(all.isConfigured()).isTrue();
        assertThat(all.uri().getHost()).isEqualTo("redis.internal");
        assertThat(all.port()).isEqualTo(6380);
        assertThat(all.timeout()).isEqualTo(Duration.ofMillis(5));
        assertThat(all.socketTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(all.connections()).isEqualTo(4);
        assertThat(all.toString()).doesNotContain("a-password");
        assertThat(read("url: redis://localhost").port()).isEqualTo(6379);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "url: localhost:6379",
                "url: http://localhost:6379",
                "url: 'redis://'",
                "url: redis://a host",
                "url: redis://host/keys",
                "url: redis://host?protocol=3",
                "url: redis://only-a-user@host",
                "timeout: 0ms",
                "timeout: 2s",
                "socketTimeout: 1ms",
                "connections: 0",
                "host: localhost"
            })
    void refusesWhatCannotBe(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigurationException.class);
    }

    private static RedisConfiguration read(String yaml) throws IOException, ConfigurationException {
        return new DefaultConfigurationFactoryFactory<RedisConfiguration>()
                .create(RedisConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "redis.yml");
    }
}
