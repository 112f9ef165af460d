package io.holisticos.sahha;

import static io.holisticos.sahha.SahhaStub.sample;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The eleven paths, byte by byte against {@code src/test/resources/golden}. To rewrite these files on purpose, run this
 * test with {@code -Dgolden.rewrite=true}, and read the difference before you commit it.
 */
class ExistingPathsTest {

    private static SahhaBed bed;

    @BeforeAll
    static void open() {
        bed = new SahhaBed();
        bed.sahha.member(
                "anna",
                sample("golden-scores.json"),
                sample("golden-biomarkers.json"),
                sample("archetypes.weekly.response-200.json"));
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "root, /",
        "health, /health",
        "overview, /api/v1/health-metrics/overview?profile_id=anna&period=today",
        "activity, /api/v1/health-metrics/activity?profile_id=anna&period=2025-07-11",
        "sleep, /api/v1/health-metrics/sleep?profile_id=anna&period=07/11/2025",
        "recovery, /api/v1/health-metrics/recovery?profile_id=anna&period=yesterday",
        "scores, /api/v1/health-metrics/scores?profile_id=anna",
        "biomarkers, /api/v1/health-metrics/biomarkers?profile_id=anna&period=yesterday",
        "sahha-scores, /api/v1/sahha/scores?user_id=anna&start_date=2025-07-10&end_date=2025-07-12&limit=1000",
        "sahha-biomarkers, /api/v1/sahha/biomarkers?user_id=anna&start_date=2025-07-11&end_date=2025-07-11&limit=20",
        "sahha-archetypes, /api/v1/sahha/archetypes?user_id=anna&limit=100",
    })
    void answersTheSameBytesAsEver(String golden, String path) throws IOException {
        HttpResponse<String> answer = bed.get(path);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(answer.body()).isEqualTo(golden(golden, answer.body()));
        assertThat(bed.get(path).body()).isEqualTo(answer.body());
    }

    private static String golden(String name, String actual) throws IOException {
        if (Boolean.getBoolean("golden.rewrite")) {
            Path file = Path.of("src/test/resources/golden", name + ".json");
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
            return actual;
        }
        try (InputStream in = ExistingPathsTest.class.getResourceAsStream("/golden/" + name + ".json")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
