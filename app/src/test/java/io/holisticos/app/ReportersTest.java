package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import io.holisticos.testing.LogLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** {@code metrics.reporters} of {@code config.yml}. */
class ReportersTest {

    private static final String REPORTERS = """

            metrics:
              reporters:
                - type: csv
                  frequency: 1s
                  file: %s
                - type: log
                  logger: reported
                  frequency: 1s
                  includes: [access.existing_routes.without_credential]
            """;

    @Test
    void reportersWriteAtTheirInterval(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("access.existing_routes.without_credential.csv");
        try (House house = House.openConfiguredWith(REPORTERS.formatted(folder));
                LogLines logged = reported()) {
            house.getWithoutKey("/api/v1/health-metrics/overview?profile_id=demo-anna");

            House.await(() -> rows(file).stream().anyMatch(row -> row.split(",")[1].equals("1")));
            House.await(() -> rows(file).size() >= 3);
            House.await(() -> logged.messages().stream()
                    .anyMatch(line -> line.contains("name=access.existing_routes.without_credential, count=1")));
        }

        assertThat(rows(file).get(0)).startsWith("t,count,mean_rate");
    }

    /** The application has set up logging anew by now. */
    private static LogLines reported() {
        Logger logger = (Logger) LoggerFactory.getLogger("reported");
        logger.setLevel(ch.qos.logback.classic.Level.INFO);
        logger.setAdditive(false);
        return LogLines.of(logger);
    }

    private static List<String> rows(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
