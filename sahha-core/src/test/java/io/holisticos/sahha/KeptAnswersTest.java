package io.holisticos.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long an answer stays true by itself, and that bodies are kept for no longer. */
class KeptAnswersTest {

    private static final UserId ANNA = new UserId("anna");
    private static final String OVERVIEW = "/api/v1/health-metrics/overview?profile_id=anna&period=2025-07-11";

    private SahhaBed bed;

    @BeforeEach
    void open() {
        bed = new SahhaBed();
        bed.sahha.member(
                "anna", SahhaStub.sample("golden-scores.json"), SahhaStub.sample("golden-biomarkers.json"), null);
    }

    @AfterEach
    void close() throws Exception {
        bed.notices.stop();
        bed.close();
    }

    /** Anna is at +12:00, so that her midnight is at 12:00 UTC. The scores are fresh for five minutes. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "2025-07-11T20:00:00Z", // the scores get stale
                "2025-07-12T11:58:00Z", // her midnight comes before
                "2025-07-11T23:57:30Z", // the date at UTC changes before
                "2025-07-11T23:55:00Z"
            })
    void anAnswerIsTheSameUntilItsEnd(Instant start) {
        bed.now.set(start);
        read();
        Measured answer = (Measured) read();

        Instant until = answer.goodUntil();
        assertThat(until).isAfter(start).isBeforeOrEqualTo(start.plusSeconds(300));
        int asked = bed.sahha.seen("/profile/").size();
        for (int step = 1; step <= 4; step++) {
            bed.now.set(
                    start.plus(Duration.between(start, until).multipliedBy(step).dividedBy(4))
                            .minusNanos(1000));
            assertThat(read()).isEqualTo(answer);
        }
        assertThat(bed.sahha.seen("/profile/")).as("fetches").hasSize(asked);
    }

    @Test
    void anAnswerEndsWhenTheFirstOfItsMarksGetsStale() {
        read();

        assertThat(read().goodUntil()).isEqualTo(bed.now.get().plusSeconds(300));
    }

    @Test
    void anAnswerEndsAtTheMembersMidnight() {
        bed.now.set(Instant.parse("2025-07-12T11:58:00Z"));
        read();

        assertThat(read().goodUntil()).isEqualTo("2025-07-12T12:00:00Z");
    }

    @Test
    void anAnswerEndsWhenARecordOfTheFutureBegins() {
        read();
        Instant begins = bed.now.get().plusSeconds(60);
        bed.jdbi.useHandle(handle -> handle.execute(
                "insert into scores (id, profile_id, type, score, data, score_date_time, utc_offset_seconds) values"
                        + " (gen_random_uuid(), 'anna', 'sleep', 0.5, cast(? as jsonb), cast(? as timestamptz), 0)",
                "{\"scoreDateTime\":\"" + begins + "\"}",
                begins.toString()));

        assertThat(read().goodUntil()).isEqualTo(begins);
    }

    @Test
    void anAnswerThatIsBehindIsNotKept() {
        read();
        bed.passes(Duration.ofMinutes(20));
        bed.sahha.on("/api/v1/profile/score/anna", SahhaStub.Answer.status(500));

        assertThat(read().goodUntil()).isEqualTo(SourceAnswer.NEVER);
    }

    @Test
    void aKeptBodyReadsNoRowUntilSomethingChanges() throws Exception {
        String first = bed.get(OVERVIEW).body();
        bed.notices.start();
        within(() -> bed.notices.areListenedTo());
        String kept = bed.get(OVERVIEW).body();

        int before = bed.statements.get();
        assertThat(bed.get(OVERVIEW).body()).isEqualTo(kept).isEqualTo(first);
        assertThat(bed.statements.get()).isEqualTo(before);

        bed.database.jdbi().useHandle(handle -> handle.execute("update scores set score = 0.11"));
        within(() -> !bed.get(OVERVIEW).body().equals(first));

        bed.get(OVERVIEW);
        bed.passes(Duration.ofMinutes(6));
        before = bed.statements.get();
        bed.get(OVERVIEW);
        assertThat(bed.statements.get()).as("its scores are stale").isGreaterThan(before);
    }

    @Test
    void whileChangesAreNotHeardOfEachBodyIsReadAnew() {
        bed.get(OVERVIEW);
        int before = bed.statements.get();

        bed.get(OVERVIEW);

        assertThat(bed.statements.get()).isEqualTo(before + 1);
    }

    private SourceAnswer read() {
        DayRange asked = DayRange.of(LocalDate.of(2025, 7, 11));
        DayRange read = new DayRange(asked.from().minusDays(5), asked.to());
        return bed.module.source().read(ANNA, new DaysToRead(asked, read), Deadline.after(Duration.ofSeconds(25)));
    }

    private static void within(BooleanSupplier holds) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
