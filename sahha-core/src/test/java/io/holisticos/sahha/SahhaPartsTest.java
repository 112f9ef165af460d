package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import io.holisticos.command.CommandKey;
import io.holisticos.health.DayRange;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.Measurement;
import io.holisticos.outbound.Budget;
import io.holisticos.outbound.Call;
import io.holisticos.outbound.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The small parts: rate, spans, units, configuration. */
class SahhaPartsTest {

    private static final Call CALL = Call.get(new CommandKey("SAHHA_SCORES"), null, URI.create("http://localhost/"));

    @Test
    void moreCallsThanTheRateAreRefusedAtOnce() {
        CallRate rate = new CallRate(3, System::nanoTime);
        for (int i = 0; i < 3; i++) {
            rate.take(CALL);
        }

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 3; i++) { // a period may end meanwhile, but not two
                        rate.take(CALL);
                        rate.take(CALL);
                    }
                })
                .isInstanceOf(SourceThrottled.class);
    }

    @Test
    void strangersHaveAPartOfTheRateAndMembersTheRest() {
        CallRate rate = new CallRate(400, System::nanoTime);
        int forStrangers = 0;
        for (int i = 0; i < 400; i++) {
            forStrangers += isTaken(rate.ofStrangers()) ? 1 : 0;
        }
        int forMembers = 0;
        for (int i = 0; i < 300; i++) {
            forMembers += isTaken(rate) ? 1 : 0;
        }

        assertThat(forStrangers).isBetween(100, 200); // a period may end meanwhile
        assertThat(forMembers).isEqualTo(300);
    }

    @Test
    void strangersAreStillAskedForWhereTheRateIsLessThanTheirPart() {
        CallRate rate = new CallRate(1, System::nanoTime);

        assertThat(isTaken(rate.ofStrangers())).isTrue();
    }

    private static boolean isTaken(Budget budget) {
        try {
            budget.take(CALL);
            return true;
        } catch (SourceThrottled spent) {
            return false;
        }
    }

    @Test
    void a429StopsCallsForAsLongAsItAsksAndSlowsThemAfterwards() {
        AtomicLong nanos = new AtomicLong();
        CallRate rate = new CallRate(2, nanos::get);
        rate.learn(CALL, new Reply(SahhaApi.SAHHA, 200, Map.of(), new byte[0], 0));
        rate.take(CALL);
        rate.learn(CALL, new Reply(SahhaApi.SAHHA, 429, Map.of("Retry-After", List.of("7")), new byte[0], 0));

        assertThatThrownBy(() -> rate.take(CALL))
                .isInstanceOfSatisfying(
                        SourceThrottled.class,
                        throttled -> assertThat(throttled.retryAfter()).contains(Duration.ofSeconds(7)));
        nanos.addAndGet(Duration.ofSeconds(8).toNanos());
        rate.take(CALL);
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        rate.learn(CALL, new Reply(SahhaApi.SAHHA, 429, Map.of(), new byte[0], 0));
        assertThatThrownBy(() -> rate.take(CALL))
                .isInstanceOfSatisfying(
                        SourceThrottled.class,
                        throttled -> assertThat(throttled.retryAfter()).contains(Duration.ofSeconds(2)));
    }

    @Test
    void aRangeIsFetchedAsRecentDaysAndMonths() {
        Clock clock = Clock.fixed(Instant.parse("2025-07-20T10:00:00Z"), ZoneOffset.UTC);

        assertThat(Span.of(new DayRange(LocalDate.of(2025, 5, 30), LocalDate.of(2025, 7, 20)), clock))
                .extracting(Span::name)
                .containsExactly("recent", "2025-05", "2025-06", "2025-07");
        assertThat(Span.of(DayRange.of(LocalDate.of(2025, 7, 20)), clock))
                .extracting(Span::name)
                .containsExactly("recent");
        assertThat(Span.of(DayRange.of(LocalDate.of(2020, 1, 1)), clock)).isEmpty();
        assertThat(Span.recent(clock).widened().from()).isEqualTo(LocalDate.of(2025, 6, 22));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @CsvSource({
        "sleep_efficiency, 0.93, percentage, sleep.efficiency, 93",
        "sleep_efficiency, 0.9333333, percentage, sleep.efficiency, 93.333",
        "sleep_efficiency, 93.5, percent, sleep.efficiency, 93.5",
        "oxygen_saturation, 1, percent, spo2, 100",
        "skin_temperature_sleep, 95, fahrenheit, skin_temperature.sleep, 35",
        "skin_temperature_sleep, 34.12345, celsius, skin_temperature.sleep, 34.12345",
        "active_energy_burned, 418.4, kJ, energy.active, 100",
        "sleep_duration, 7.5, hour, sleep.duration, 450",
        "sleep_debt, 30, minute, sleep.debt, 0.5",
        "steps, 0., count, steps, 0",
    })
    void unitsBecomeOurs(String type, String value, String unit, String metric, String expected) {
        Measurement measurement =
                MetricTable.measurement(row(type, value, unit, "daily")).orElseThrow();

        assertThat(measurement.metric().key()).isEqualTo(metric);
        assertThat(measurement.value().toPlainString()).isEqualTo(expected);
        assertThat(measurement.value().scale()).isNotNegative();
    }

    @Test
    void whatIsNoDaysNumberIsNoMeasurement() {
        assertThat(MetricTable.measurement(row("steps", "8140", "count", "weekly")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("steps", "many", "count", "daily")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("steps", "1e99999", "count", "daily")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("blood_glucose", "5", "mmol/L", "daily")))
                .isEmpty();
        assertThat(MetricTable.measurement(row("sleep_debt", "1", "hour", "weekly")))
                .isPresent();
        assertThat(MetricTable.plain(new BigDecimal("1.5000"))).hasToString("1.5");
        assertThat(MetricTable.plain(new BigDecimal("3E+3")).toPlainString()).isEqualTo("3000");
    }

    @Test
    void theConfigurationMapsAndHasItsDefaults() throws Exception {
        SahhaConfiguration configuration = configuration(
                "{baseUrl: 'https://sandbox-api.sahha.ai', clientId: a, clientSecret: b, freshnessOverview: 10s,"
                        + " maxCallsPerSecond: 5, outbound: {client: {gzipEnabledForRequests: false}}}");

        assertThat(configuration.baseUrl).hasToString("https://sandbox-api.sahha.ai");
        assertThat(configuration.overview()).isEqualTo(new Freshness(Duration.ofSeconds(10), Duration.ofHours(24)));
        assertThat(configuration.metrics()).isEqualTo(new Freshness(Duration.ofSeconds(600), Duration.ofHours(24)));
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

    @Test
    void healthValuesAndSecretsDoNotPrint() {
        assertThat(row("steps", "8140", "count", "daily")).asString().doesNotContain("8140");
    }

    private static SahhaConfiguration configuration(String yaml) throws IOException, ConfigurationException {
        return new YamlConfigurationFactory<>(
                        SahhaConfiguration.class,
                        Validators.newValidator(),
                        Jackson.newObjectMapper().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES),
                        "dw")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "test");
    }

    private static Row row(String type, String value, String unit, String periodicity) {
        return new Row(
                "id",
                "anna",
                type,
                "sleep",
                periodicity,
                value,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                ZoneOffset.UTC,
                LocalDate.EPOCH,
                null,
                null,
                null,
                JsonNodeFactory.instance.objectNode().put("unit", unit),
                Instant.EPOCH,
                Instant.EPOCH);
    }
}
