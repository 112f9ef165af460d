package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.DAY;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static io.holisticos.unified.UnifiedFixture.day;
import static io.holisticos.unified.UnifiedFixture.goodUntil;
import static io.holisticos.unified.UnifiedFixture.measured;
import static io.holisticos.unified.UnifiedFixture.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Counter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.dropwizard.jackson.Jackson;
import io.holisticos.cache.MemberCache;
import io.holisticos.cache.SecondLevel;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.DayRange;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Period;
import io.holisticos.health.Preferences;
import io.holisticos.health.UserId;
import io.holisticos.unified.KeptAnswers.Answer;
import io.holisticos.unified.KeptAnswers.Asked;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two replicas with a memory of their own and one second level. */
class SharedBetweenReplicasTest {

    private static final UserId ANNA = new UserId("a-member-of-two-replicas");
    private static final Instant MORNING = Instant.parse("2026-11-22T10:00:00Z");
    private static final ObjectMapper JSON =
            Jackson.newObjectMapper().disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Shelf shelf = new Shelf();
    private final Replica one = new Replica();
    private final Replica other = new Replica();
    private Preferences wishes = Preferences.NONE;

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @Test
    void whatOneReplicaReadAnotherGivesToTheByte() {
        Answer read = one.overview();
        Answer shared = other.overview();

        assertThat(other.sahha.asked).isEmpty();
        assertThat(new String(shared.bytes(), UTF_8)).isEqualTo(new String(read.bytes(), UTF_8));
        assertThat(shared.written().revision()).isEqualTo(read.written().revision());
        assertThat(shared.written().sources()).isEqualTo(read.written().sources());
        assertThat(shared.written().isWhole()).isTrue();
        assertThat(new String(other.answers.days(ANNA, DayRange.of(DAY)).bytes(), UTF_8))
                .isEqualTo(new String(one.answers.days(ANNA, DayRange.of(DAY)).bytes(), UTF_8));
        assertThat(new String(other.answers.sources(ANNA).bytes(), UTF_8))
                .isEqualTo(new String(one.answers.sources(ANNA).bytes(), UTF_8));
    }

    @Test
    void itIsInMemoryFromThenOn() {
        one.overview();
        other.overview();
        int looks = shelf.looks;
        other.overview();

        assertThat(shelf.looks).isEqualTo(looks);
    }

    @Test
    void otherWishesHaveAnotherAnswer() {
        one.overview();
        wishes = new Preferences(
                List.of(WHOOP, SAHHA),
                Map.of(Family.ACTIVITY, List.of(WHOOP), Family.SLEEP, List.of(SAHHA), Family.HEART, List.of(SAHHA)),
                Map.of(Metric.STEPS, List.of(WHOOP)));
        other.overview();

        assertThat(other.sahha.asked).hasSize(1);
        assertThat(shelf.answers).hasSize(2);
    }

    @Test
    void aReplicaWhoseSourcesDoNotTellUsesNeither() {
        one.overview();
        other.sahha.telling(false);
        other.overview();

        assertThat(other.sahha.asked).hasSize(1);
        assertThat(shelf.looks).isEqualTo(1);
    }

    @Test
    void whatNobodyMayKeepIsNotKeptThere() {
        one.sahha.answering(measured(SAHHA, day(DAY, value(Metric.STEPS, "9000"))));
        one.overview();

        assertThat(shelf.answers).isEmpty();
    }

    private final class Replica {

        private final FakeSource sahha = new FakeSource("sahha").telling(true);
        private final FakeSource whoop = new FakeSource("whoop").telling(true);
        private final KeptAnswers answers;

        private Replica() {
            sahha.answering(goodUntil(Instant.MAX, measured(SAHHA, day(DAY, value(Metric.STEPS, "9000.50")))));
            whoop.answering(goodUntil(Instant.MAX, measured(WHOOP, day(DAY, value(Metric.SPO2_SLEEP, "97")))));
            MemberCache<Asked, WrittenAnswer> cache = new MemberCache<>(64_000_000);
            UnifiedReader reader = new UnifiedReader(
                    List.of(sahha, whoop).stream()
                            .map(source -> new BoundedSource(source, threads, new SourceFailureLog()))
                            .toList(),
                    UnifiedFixture.merge(new OfferedMetrics(Map.of(WHOOP, whoop.offers()))),
                    who -> new Wishes(wishes, true),
                    new UnifiedConfiguration(),
                    new UnifiedReader.Timing(who -> false, Clock.fixed(MORNING, ZoneOffset.UTC), () -> 0));
            answers = new KeptAnswers(
                    new UnifiedFlow(reader, cache, new Counter()), new AnswerWriter(JSON, WHOOP), cache, shelf);
        }

        Answer overview() {
            return answers.overview(ANNA, Period.TODAY, Set.of());
        }
    }

    /** Keeps everything at once. */
    private static final class Shelf implements SecondLevel {

        private final Map<String, Kept> answers = new HashMap<>();
        private int looks;

        @Override
        public Look look(UserId who, String question) {
            looks++;
            Kept kept = answers.get(question);
            return new Look(kept, kept == null ? new Ticket() {} : null);
        }

        @Override
        public void keep(Ticket ticket, String question, byte[] answer, Instant until) {
            answers.put(question, new Kept(answer, until));
        }

        @Override
        public void changed(UserId who) {
            answers.clear();
        }

        @Override
        public void anybodyChanged() {
            answers.clear();
        }
    }
}
