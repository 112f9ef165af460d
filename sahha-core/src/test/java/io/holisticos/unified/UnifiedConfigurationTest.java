package io.holisticos.unified;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.DefaultConfigurationFactoryFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.holisticos.health.Deadline;
import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnifiedConfigurationTest {

    private static final SourceName SAHHA = new SourceName("sahha");
    private static final SourceName WHOOP = new SourceName("whoop");
    private static final SourceName RING = new SourceName("ring");

    @Test
    void waitsFiveSecondsInAllByDefault() throws Exception {
        UnifiedConfiguration configuration = read("{}");
        Deadline whole = Deadline.after(configuration.readingTime(), () -> 0);

        assertThat(configuration.readingTime()).isEqualTo(Duration.ofMillis(4_750)); // the rest is for merging
        assertThat(configuration.share(SAHHA, whole).remaining()).isEqualTo(Duration.ofSeconds(3));
        assertThat(configuration.share(WHOOP, whole).remaining()).isEqualTo(Duration.ofSeconds(2));
        assertThat(configuration.share(RING, whole).remaining()).isEqualTo(Duration.ofMillis(4_750));
        assertThat(configuration.membersAtOnce).isEqualTo(8);
    }

    @Test
    void readsEverySetting() throws Exception {
        UnifiedConfiguration configuration = read("deadline: 4s\nshares: {ring: 900ms, whoop: 1s}\nmembersAtOnce: 3");
        Deadline whole = Deadline.after(configuration.readingTime(), () -> 0);

        assertThat(configuration.readingTime()).isEqualTo(Duration.ofMillis(3_800));
        assertThat(configuration.share(RING, whole).remaining()).isEqualTo(Duration.ofMillis(900));
        assertThat(configuration.share(SAHHA, whole).remaining()).isEqualTo(Duration.ofMillis(3_800));
        assertThat(configuration.membersAtOnce).isEqualTo(3);
    }

    @Test
    void wantsNoOrderByDefaultAndTakesOneByMetricByFamilyAndForAll() throws Exception {
        assertThat(read("{}").preferences).isEqualTo(Preferences.NONE);

        UnifiedConfiguration configuration = read("""
                preferences:
                  order: [sahha, whoop]
                  by_family: {sleep: [whoop]}
                  by_metric: {heart_rate.resting: [ring, sahha]}""");

        assertThat(configuration.preferences)
                .isEqualTo(new Preferences(
                        List.of(SAHHA, WHOOP),
                        Map.of(Metric.Family.SLEEP, List.of(WHOOP)),
                        Map.of(Metric.HEART_RATE_RESTING, List.of(RING, SAHHA))));
        assertThat(configuration.prefersOnly(List.of(SAHHA, WHOOP))).isFalse();
        assertThat(configuration.prefersOnly(List.of(RING, SAHHA, WHOOP))).isTrue();
    }

    @Test
    void aShareBeyondTheDeadlineIsTheReadingTime() throws Exception {
        UnifiedConfiguration configuration = read("deadline: 4s\nshares: {ring: 900ms, whoop: 4s, sahha: 5s}");

        assertThat(configuration.shareOf(RING)).isEqualTo(Duration.ofMillis(900));
        assertThat(configuration.shareOf(WHOOP)).isEqualTo(Duration.ofSeconds(4));
        assertThat(configuration.shareOf(SAHHA)).isEqualTo(Duration.ofMillis(3_800));
        assertThat(configuration.shareOf(new SourceName("scale"))).isEqualTo(Duration.ofMillis(3_800));
    }

    @Test
    void whatIsAsLongAsThePartFits() throws Exception {
        UnifiedConfiguration configuration = read("deadline: 4s\nshares: {ring: 900ms}");

        assertThat(configuration.fits(Duration.ofMillis(900), RING)).isTrue();
        assertThat(configuration.fits(Duration.ofMillis(901), RING)).isFalse();
    }

    @Test
    void aSourcesOwnPartHoldsWhereTheConfigurationNamesNone() throws Exception {
        UnifiedConfiguration configuration = read("deadline: 4s\nshares: {whoop: 1s}\nmembersAtOnce: 3")
                .complete(Map.of(RING, Duration.ofMillis(300), WHOOP, Duration.ofMillis(200)));

        assertThat(configuration.shareOf(RING)).isEqualTo(Duration.ofMillis(300));
        assertThat(configuration.shareOf(WHOOP)).isEqualTo(Duration.ofSeconds(1));
        assertThat(configuration.readingTime()).isEqualTo(Duration.ofMillis(3_800));
        assertThat(configuration.membersAtOnce).isEqualTo(3);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "deadline: 0s",
                "deadline: 61s",
                "deadline: null",
                "shares: {whoop: 1ms}",
                "shares: {whoop: null}",
                "membersAtOnce: 0",
                "membersAtOnce: 65",
                "share: {}",
                "preferences: null",
                "preferences: []",
                "preferences: {order: sahha}",
                "preferences: {order: [sahha, sahha]}",
                "preferences: {order: [SAHHA]}",
                "preferences: {byFamily: {}}",
                "preferences: {by_family: {mood: [sahha]}}",
                "preferences: {by_metric: {pulse: [sahha]}}"
            })
    void refuses(String yaml) {
        assertThatThrownBy(() -> read(yaml)).isInstanceOf(ConfigurationException.class);
    }

    private static UnifiedConfiguration read(String yaml) throws IOException, ConfigurationException {
        return new DefaultConfigurationFactoryFactory<UnifiedConfiguration>()
                .create(UnifiedConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test.yml");
    }
}
