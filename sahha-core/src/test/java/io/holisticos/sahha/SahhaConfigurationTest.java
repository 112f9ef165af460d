package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.holisticos.health.Metric;
import io.holisticos.health.SourceName;
import io.holisticos.sahha.data.LoggedSource;
import io.holisticos.sahha.data.RelayedSources;
import io.holisticos.sahha.refresh.FreshnessRule;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                "{clientId: a, clientSecret: b, whoopIntegration: maybe}",
                "{clientId: a, clientSecret: b, whoopIntegration: ''}",
                "{clientId: a, clientSecret: b, whoopIntegration: null}",
                "{clientId: a, clientSecret: b, relayedSources: null}",
                "{clientId: a, clientSecret: b, relayedSources: {Whoop: [x]}}",
                "{clientId: a, clientSecret: b, relayedSources: {sahha: [x]}}",
                "{clientId: a, clientSecret: b, relayedSources: {whoop: []}}",
                "{clientId: a, clientSecret: b, relayedSources: {whoop: null}}",
                "{clientId: a, clientSecret: b, relayedSources: {whoop: [null]}}",
                "{clientId: a, clientSecret: b, relayedSources: {whoop: [' ']}}",
                "{clientId: a, clientSecret: b, relayedSources: {whoop: [x, X]}}",
                "{clientId: a, clientSecret: b, relayedSources: {whoop: [x], oura: ['x ']}}",
                "{clientId: a, clientSecret: b, unknownKey: 1}"
            })
    void theConfigurationRefuses(String yaml) {
        assertThatThrownBy(() -> configuration(yaml)).isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @CsvSource({"no,NO", "'no',NO", "No,NO", "yes,YES", "\"yes\",YES", "unknown,UNKNOWN", "UNKNOWN,UNKNOWN"})
    void whetherSahhaIsConnectedWithWhoopIsSaidInPlainWords(String word, WhoopIntegration read) throws Exception {
        assertThat(configuration("{clientId: a, clientSecret: b, whoopIntegration: " + word + "}").whoopIntegration)
                .isEqualTo(read);
    }

    @Test
    void sahhasRmssdMayBeWhoopsOfTheNightUnlessItSaysThatTheyAreNotConnected() throws Exception {
        SourceName whoop = new SourceName("whoop");
        Map<Metric, Metric> ofTheNight = Map.of(Metric.HRV_RMSSD, Metric.HRV_RMSSD_SLEEP);

        assertThat(configuration("{clientId: a, clientSecret: b}").relays()).isEqualTo(Map.of(whoop, ofTheNight));
        assertThat(configuration("{clientId: a, clientSecret: b, whoopIntegration: yes}")
                        .relays())
                .isEqualTo(Map.of(whoop, ofTheNight));
        assertThat(configuration("{clientId: a, clientSecret: b, whoopIntegration: no}")
                        .relays())
                .isEqualTo(Map.of(whoop, Map.of()));
        assertThat(configuration("{clientId: a, clientSecret: b, relayedSources: {oura: [com.ouraring]}}")
                        .relays())
                .isEqualTo(Map.of(whoop, ofTheNight, new SourceName("oura"), Map.of()));
    }

    @Test
    void aSourceInALogIsOursByItsNameInAnyCase() throws Exception {
        RelayedSources byDefault =
                configuration("{clientId: a, clientSecret: b}").relayedSources();
        RelayedSources ours = configuration("{clientId: a, clientSecret: b, relayedSources: {whoop: [' My.Strap']}}")
                .relayedSources();

        for (String name : List.of("com.whoop.iphone", "COM.WHOOP.ANDROID", "whoop", "WHOOP")) {
            assertThat(relayed(byDefault, name)).as(name).containsOnlyKeys(Metric.STEPS);
        }
        assertThat(relayed(byDefault, "com.apple.health")).isEmpty();
        assertThat(relayed(ours, "my.strap")).containsOnlyKeys(Metric.STEPS);
        assertThat(relayed(ours, "com.whoop.iphone")).isEmpty();
    }

    private static Map<Metric, SourceName> relayed(RelayedSources sources, String name) {
        LocalDate day = LocalDate.parse("2026-11-22");
        return sources.byDay(List.of(new LoggedSource(day, day, "activity", "steps", name)))
                .getOrDefault(day, Map.of());
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
