package io.holisticos.sahha;

import static io.holisticos.sahha.SahhaStub.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.command.Command;
import io.holisticos.command.Command.Force;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.Event;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.Unavailable;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaStub.Answer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sahha and our rows of it as commands: what is one execution, and what stands in for it. */
class SahhaCommandsTest {

    private static final DayRange ELEVENTH = DayRange.of(LocalDate.of(2025, 7, 11));
    private static final String SCORES = "/api/v1/profile/score/anna";

    private SahhaBed bed;

    @BeforeEach
    void open() {
        bed = new SahhaBed();
        bed.sahha.member("anna", sample("golden-scores.json"), sample("golden-biomarkers.json"), null);
    }

    @AfterEach
    void close() {
        bed.close();
    }

    @Test
    void everyCommandIsThereBeforeTheFirstCall() {
        assertThat(bed.commands.all())
                .extracting(
                        found -> found.key().name(),
                        found -> found.configuration().isolation())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("SAHHA_ARCHETYPES", Isolation.THREAD),
                        org.assertj.core.groups.Tuple.tuple("SAHHA_BIOMARKERS", Isolation.THREAD),
                        org.assertj.core.groups.Tuple.tuple("SAHHA_DEVICE", Isolation.THREAD),
                        org.assertj.core.groups.Tuple.tuple("SAHHA_PROFILE", Isolation.THREAD),
                        org.assertj.core.groups.Tuple.tuple("SAHHA_SCORES", Isolation.THREAD),
                        org.assertj.core.groups.Tuple.tuple("SAHHA_STORE", Isolation.SEMAPHORE),
                        org.assertj.core.groups.Tuple.tuple("SAHHA_TOKEN", Isolation.SEMAPHORE));
        assertThat(bed.commands.all()).noneMatch(Command::hasExecuted);
    }

    @Test
    void noFetchHappensInsideAReading() {
        AtomicInteger inside = new AtomicInteger(-1);
        bed.sahha.on(SCORES, request -> {
            Deadline patience = Deadline.after(Duration.ofSeconds(10));
            do { // the fetch of another kind may be reading, and that ends; a reading around this fetch would not
                inside.set(command("SAHHA_STORE").snapshot().concurrency().current());
            } while (inside.get() > 0 && !patience.isExpired());
            return Answer.json(sample("golden-scores.json"));
        });

        assertThat(read("anna").status()).isEqualTo("ok");

        assertThat(inside).hasValue(0);
    }

    @Test
    void aReadingIsOneExecutionOfHoweverManyStatements() {
        read("anna");
        long before = counted("SAHHA_STORE", Event.SUCCESS);

        read("anna");

        assertThat(counted("SAHHA_STORE", Event.SUCCESS) - before).isEqualTo(1);
        assertThat(counted("SAHHA_SCORES", Event.SUCCESS)).isEqualTo(1);
    }

    @Test
    void whatIsFreshIsReadByOneStatement() {
        String overview = "/api/v1/health-metrics/overview?profile_id=anna";
        read("anna");
        bed.get(overview);

        int before = bed.statements.get();
        read("anna");
        int between = bed.statements.get();
        bed.get(overview);

        assertThat(between - before).isEqualTo(1);
        assertThat(bed.statements.get() - between).isEqualTo(1);
    }

    @Test
    void rowsThatAreHeldStandInForAFetch() {
        read("anna");
        bed.passes(Duration.ofDays(3));
        bed.sahha.on(SCORES, Answer.status(500));

        assertThat(read("anna").status()).isEqualTo("stale");

        long failures = counted("SAHHA_SCORES", Event.FAILURE);
        assertThat(failures).isPositive();
        assertThat(counted("SAHHA_SCORES", Event.FALLBACK_SUCCESS)).isEqualTo(failures);
        assertThat(counted("SAHHA_SCORES", Event.EXCEPTION_THROWN)).isZero();
    }

    @Test
    void nothingStandsInWhereNothingIsHeld() {
        bed.sahha.on(SCORES, Answer.status(500)).on("/api/v1/profile/biomarker/anna", Answer.status(500));

        assertThat(read("anna").status()).isEqualTo("unavailable");

        assertThat(counted("SAHHA_SCORES", Event.FALLBACK_SUCCESS)).isZero();
        assertThat(counted("SAHHA_SCORES", Event.FALLBACK_FAILURE))
                .isPositive()
                .isEqualTo(counted("SAHHA_SCORES", Event.EXCEPTION_THROWN));
    }

    @Test
    void aStoreThatTakesNoCallsIsUnavailableInTheFlowAnd503OnTheExistingPaths() {
        command("SAHHA_STORE").force(Force.FORCED_OPEN);

        assertThat(read("anna")).isInstanceOf(Unavailable.class);
        assertThat(counted("SAHHA_STORE", Event.SHORT_CIRCUITED)).isEqualTo(1);
        assertThat(counted("SAHHA_STORE", Event.FALLBACK_SUCCESS)).isEqualTo(1);

        HttpResponse<String> existing = bed.get("/api/v1/health-metrics/overview?profile_id=anna");
        assertThat(existing.statusCode()).isEqualTo(503);
        assertThat(existing.headers().firstValue("Retry-After")).contains("5");
        assertThat(counted("SAHHA_STORE", Event.FALLBACK_MISSING)).isEqualTo(1);
        assertThat(counted("SAHHA_STORE", Event.EXCEPTION_THROWN)).isEqualTo(1);
    }

    private SourceAnswer read(String who) {
        return bed.module
                .source()
                .read(new UserId(who), new DaysToRead(ELEVENTH, ELEVENTH), Deadline.after(Duration.ofSeconds(30)));
    }

    private Command command(String key) {
        return bed.commands.find(key).orElseThrow();
    }

    private long counted(String key, Event event) {
        return command(key).snapshot().counts().cumulative(event);
    }
}
