package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.Recording.Fired;
import io.holisticos.app.Recording.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a recording shows {@code promtool} what Prometheus would have seen; {@link FaultAlertsBench} relies on it. */
@Tag("deep")
class RecordingTest {

    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final Recording recording;

    RecordingTest() throws Exception {
        recording = new Recording(Duration.ofSeconds(15));
    }

    @Test
    void findsTheAlertOfAFaultAndItsRunbook() throws Exception {
        scrape("database_up{database=\"whoop\"} 1\n", 8);
        recording.calmUntilHere();
        scrape("database_up{database=\"whoop\"} 0\n", 12);
        scrape("database_up{database=\"whoop\"} 1\n", 8);

        List<Fired> fired = recording.alerts(folder, LOOK_EVERY);

        assertThat(fired).singleElement().satisfies(one -> {
            assertThat(one.alert()).isEqualTo("DatabaseDown");
            assertThat(one.severity()).isEqualTo("page");
            assertThat(one.runbook()).isEqualTo("docs/runbooks/database-down.md");
            assertThat(one.about()).containsExactly("replica-1", "whoop");
            assertThat(one.from()).isBetween(Duration.ofMinutes(1), Duration.ofMinutes(2));
            assertThat(one.until()).isBetween(Duration.ofMinutes(2), Duration.ofMinutes(3));
        });
    }

    @Test
    void findsNothingWhereNothingIsWrong() throws Exception {
        scrape("database_up{database=\"whoop\"} 1\nclock_database_ahead_seconds NaN\n", 20);
        recording.calmUntilHere();
        scrape("database_up{database=\"whoop\"} 1\nclock_database_ahead_seconds 0.1\n", 20);

        assertThat(recording.alerts(folder, LOOK_EVERY)).isEmpty();
    }

    @Test
    void seesAReplicaThatDoesNotAnswer() throws Exception {
        scrape("database_up{database=\"whoop\"} 1\n", 8);
        recording.calmUntilHere();
        scrape(null, 20);

        assertThat(recording.alerts(folder, LOOK_EVERY))
                .extracting(Fired::alert)
                .containsExactly("ReplicaDown");
    }

    private void scrape(@Nullable String page, int times) {
        for (int i = 0; i < times; i++) {
            ScrapedPage scraped = page == null ? null : new ScrapedPage(page);
            recording.add(List.of(new Target("replica-1", "unified-health", scraped)));
        }
    }
}
