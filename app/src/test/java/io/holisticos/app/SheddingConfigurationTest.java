package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.jackson.Jackson;
import io.dropwizard.jersey.validation.Validators;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SheddingConfigurationTest {

    @Test
    void leavesRoomForExistingPathsByDefault() throws Exception {
        SheddingConfiguration shares = read("{}");

        assertThat(shares.existing).isEqualTo(63);
        assertThat(shares.unified + shares.overviews + shares.internal + shares.connect + shares.pages + shares.other)
                .isLessThan(shares.all);
        assertThat(shares.unifiedUpTo).isLessThan(shares.existing);
        assertThat(shares.all + shares.webhooks + shares.health).isLessThan(100);
    }

    @Test
    void readsEveryNumber() throws Exception {
        SheddingConfiguration shares = read(
                "{existing: 70, unified: 20, overviews: 1, internal: 5, connect: 4, pages: 6, other: 3, unifiedUpTo: 60, all: 85,"
                        + " webhooks: 7, health: 2}");

        assertThat(new int[] {
                    shares.existing,
                    shares.unified,
                    shares.overviews,
                    shares.internal,
                    shares.connect,
                    shares.pages,
                    shares.other,
                    shares.unifiedUpTo,
                    shares.all,
                    shares.webhooks,
                    shares.health
                })
                .containsExactly(70, 20, 1, 5, 4, 6, 3, 60, 85, 7, 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{overviews: 0} | overviews must be greater than or equal to 1",
                "{unified: 0} | unified must be greater than or equal to 1",
                "{all: 100} | all must be less than or equal to 99",
                "{webhooks: 30} | must leave something for probes",
                "{health: 0} | health must be greater than or equal to 1",
                "{unifiedUpTo: 95} | shedding.unifiedUpTo must be at most shedding.all",
                "{pages: 0} | pages must be greater than or equal to 1",
                "{pages: 24} | must leave room for existing paths",
                "{unified: 80} | must leave room for existing paths"
            })
    void refusesWhatWouldShedTheWrongOnes(String yaml, String why) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(why);
    }

    private static SheddingConfiguration read(String yaml) throws Exception {
        return new YamlConfigurationFactory<>(
                        SheddingConfiguration.class, Validators.newValidator(), Jackson.newObjectMapper(), "dw-none")
                .build(path -> new ByteArrayInputStream(yaml.getBytes(StandardCharsets.UTF_8)), "shedding.yml");
    }
}
