package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus's own checker on the page. It is in Debian's package {@code prometheus}. */
@Tag("deep")
class PrometheusPageTest {

    @Test
    void promtoolHasNothingToSay(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("page");
        Path said = folder.resolve("said");
        try (House house = House.open()) {
            house.connect("demo-anna");
            house.get("/api/v1/unified-health/overview/demo-anna");
            Files.writeString(page, house.admin("GET", "/prometheus", "").body(), StandardCharsets.UTF_8);
        }

        Process promtool = new ProcessBuilder("promtool", "check", "metrics")
                .redirectInput(page.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();

        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(said)).isEmpty();
        assertThat(promtool.exitValue()).isZero();
    }
}
