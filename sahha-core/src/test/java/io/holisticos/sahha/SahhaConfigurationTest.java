package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.holisticos.sahha.refresh.FreshnessRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The section {@code sahha} of the configuration. */
class SahhaConfigurationTest {

    @Test
    void theConfigurationMapsAndHasItsDefaults() throws Exception {
        SahhaConfiguration configuration = configuration(
                "{baseUrl: 'https://sandbox-api.sahha.ai', clientId: a, clientSecret: b, freshnessOverview: 10s,"
                        + " maxCallsPerSecond: 5, outbound: {client: {gzipEnabledForRequests: false}}}");

        assertThat(configuration.baseUrl).hasToString("https://sandbox-api.sahha.ai");
        assertThat(configuration.overview()).isEqualTo(new FreshnessRule(Duration.ofSeconds(10), Duration.ofHours(24)));
        assertThat(configuration.metrics()).isEqualTo(new FreshnessRule(Duration.ofSeconds(600), Duration.ofHours(24)));
        assertThat(configuration.coldWaitExisting.toSeconds()).isEqualTo(10);
        assertThat(configuration.outbound().client().isGzipEnabledForRequests()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{clientId: a}",
                "{clientId: a, clientSecret: b, maxCallsPerSecond: 0}",
                "{clientId: a, clientSecret: b, freshnessOverview: 0s}",
                "{clientId: a, clientSecret: b, unknownKey: 1}"
            })
    void theConfigurationRefuses(String yaml) {
        assertThatThrownBy(() -> configuration(yaml)).isInstanceOf(ConfigurationException.class);
    }

    private static SahhaConfiguration configuration(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(
                        SahhaConfiguration.class,
                        Validators.newValidator(),
                        Jackson.newObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES),
                        "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test");
    }
}
