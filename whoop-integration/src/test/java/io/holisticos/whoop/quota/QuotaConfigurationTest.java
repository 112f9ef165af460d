package io.holisticos.whoop.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaConfigurationTest {

    private final Validator validator = Validators.newValidator();

    @Test
    void startsWithWhatEveryNewApplicationGets() {
        QuotaConfiguration configuration = new QuotaConfiguration();

        assertThat(validator.validate(configuration)).isEmpty();
        assertThat(Limit.of(QuotaWindow.MINUTE, configuration))
                .isEqualTo(new Limit(QuotaWindow.MINUTE, 98, 2, Duration.ofSeconds(62)));
        assertThat(Limit.of(QuotaWindow.DAY, configuration))
                .isEqualTo(new Limit(QuotaWindow.DAY, 9_800, 200, Duration.ofSeconds(86_402)));
    }

    @Test
    void readsEveryKey() throws JsonProcessingException {
        QuotaConfiguration configuration =
                read("{\"perMinute\": 500, \"perDay\": 60000, \"reservePercent\": 3, \"margin\": \"500ms\"}");

        assertThat(validator.validate(configuration)).isEmpty();
        assertThat(Limit.of(QuotaWindow.MINUTE, configuration))
                .isEqualTo(new Limit(QuotaWindow.MINUTE, 485, 15, Duration.ofMillis(60_500)));
        assertThat(Limit.of(QuotaWindow.DAY, configuration).most()).isEqualTo(58_200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"perMinute\": 9}",
                "{\"perDay\": 9}",
                "{\"reservePercent\": -1}",
                "{\"reservePercent\": 91}",
                "{\"margin\": \"61s\"}"
            })
    void refusesWhatCannotWork(String json) throws JsonProcessingException {
        assertThat(validator.validate(read(json))).isNotEmpty();
    }

    @Test
    void aDayHoldsAtLeastAMinute() throws JsonProcessingException {
        assertThat(validator.validate(read("{\"perMinute\": 100, \"perDay\": 99}")))
                .extracting(ConstraintViolation::getMessage)
                .containsExactly("perDay must not be less than perMinute");
    }

    private static QuotaConfiguration read(String json) throws JsonProcessingException {
        return Jackson.newObjectMapper().readValue(json, QuotaConfiguration.class);
    }
}
