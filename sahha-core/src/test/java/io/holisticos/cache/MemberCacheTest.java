package io.holisticos.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.cache.MemberCache.Ticket;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberCacheTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant TOMORROW = NOW.plus(Duration.ofDays(1));
    private static final UserId ANNA = new UserId("a-member");
    private static final UserId BEN = new UserId("another-member");

    /** One person may take a 16th of it: 100. */
    private final MemberCache<String, String> cache = new MemberCache<>(1_600);

    @Test
    void givesAnAnswerAgainToTheSameQuestionOfTheSamePersonOnly() {
        keep(ANNA, "today", "hers");
        keep(BEN, "today", "his");

        assertThat(cache.find(ANNA, "today", NOW)).isEqualTo("hers");
        assertThat(cache.find(BEN, "today", NOW)).isEqualTo("his");
        assertThat(cache.find(ANNA, "yesterday", NOW)).isNull();
        assertThat(cache.find(new UserId("third-member"), "today", NOW)).isNull();
    }

    @Test
    void anAnswerIsGivenFromItsReadingUntilTheMomentThatWasSaid() {
        cache.keep(cache.begin(ANNA, NOW), "today", "hers", 1, NOW.plusSeconds(10));

        assertThat(cache.find(ANNA, "today", NOW)).isEqualTo("hers");
        assertThat(cache.find(ANNA, "today", NOW.plusSeconds(10).minusNanos(1))).isEqualTo("hers");
        assertThat(cache.find(ANNA, "today", NOW.plusSeconds(10))).isNull();
        assertThat(cache.find(ANNA, "today", NOW.minusNanos(1)))
                .as("a clock that was set back")
                .isNull();
    }

    @Test
    void whatIsGoodForNoMomentIsNotKept() {
        cache.keep(cache.begin(ANNA, NOW), "today", "hers", 1, NOW);
        cache.keep(cache.begin(ANNA, NOW), "yesterday", "hers", 1, Instant.MIN);

        assertThat(cache.size()).isZero();
    }

    @Test
    void aChangeForgetsThePersonAndNobodyElse() {
        keep(ANNA, "today", "hers");
        keep(ANNA, "yesterday", "hers");
        keep(BEN, "today", "his");

        cache.changed(ANNA);

        assertThat(cache.find(ANNA, "today", NOW)).isNull();
        assertThat(cache.find(ANNA, "yesterday", NOW)).isNull();
        assertThat(cache.find(BEN, "today", NOW)).isEqualTo("his");
    }

    @Test
    void changesThatMayHaveBeenMissedForgetEverybody() {
        keep(ANNA, "today", "hers");
        keep(BEN, "today", "his");

        cache.anybodyChanged();

        assertThat(cache.find(ANNA, "today", NOW)).isNull();
        assertThat(cache.find(BEN, "today", NOW)).isNull();
    }

    @Test
    void whatWasReadBeforeAChangeIsNotKeptAfterIt() {
        Ticket before = cache.begin(ANNA, NOW);
        cache.changed(ANNA);
        cache.keep(before, "today", "of before", 1, TOMORROW);
        Ticket beforeAll = cache.begin(ANNA, NOW);
        cache.anybodyChanged();
        cache.keep(beforeAll, "yesterday", "of before", 1, TOMORROW);

        assertThat(cache.find(ANNA, "today", NOW)).isNull();
        assertThat(cache.find(ANNA, "yesterday", NOW)).isNull();
        keep(ANNA, "today", "of after");
        assertThat(cache.find(ANNA, "today", NOW)).isEqualTo("of after");
    }

    @Test
    void theSameQuestionIsKeptOnce() {
        keep(ANNA, "today", "first");
        keep(ANNA, "today", "second");

        assertThat(cache.find(ANNA, "today", NOW)).isEqualTo("second");
        assertThat(cache.weight()).isEqualTo(1);
    }

    @Test
    void theNewestQuestionsOfAPersonPushOutTheOldest() {
        for (int question = 0; question < 17; question++) {
            keep(ANNA, "question " + question, "hers");
        }

        assertThat(cache.find(ANNA, "question 0", NOW)).isNull();
        for (int question = 1; question < 17; question++) {
            assertThat(cache.find(ANNA, "question " + question, NOW)).isEqualTo("hers");
        }
        assertThat(cache.weight()).isEqualTo(16);
    }

    @Test
    void nobodyTakesMoreThanTheRoomOfOnePerson() {
        keep(ANNA, "small", "hers", 10);
        keep(ANNA, "large", "hers", 90);
        assertThat(cache.weight()).isEqualTo(100);

        keep(ANNA, "other", "hers", 11);
        assertThat(cache.find(ANNA, "other", NOW)).isEqualTo("hers");
        assertThat(cache.find(ANNA, "large", NOW)).as("no room beside it").isNull();
        assertThat(cache.find(ANNA, "small", NOW)).isEqualTo("hers");
        keep(ANNA, "too large", "hers", 101);

        assertThat(cache.find(ANNA, "too large", NOW)).isNull();
        assertThat(cache.weight()).isEqualTo(21);
    }

    @Test
    void withoutRoomPersonsAreForgotten() {
        for (int member = 0; member < 40; member++) {
            keep(new UserId("member-" + member), "today", "theirs", 100);
        }

        assertThat(cache.weight()).isLessThanOrEqualTo(1_600);
        assertThat(cache.size()).isEqualTo(16);
        assertThat(cache.evictions()).isEqualTo(24);
    }

    @Test
    void aCacheWithoutRoomKeepsNothing() {
        MemberCache<String, String> none = new MemberCache<>(0);
        none.keep(none.begin(ANNA, NOW), "today", "hers", 1, TOMORROW);
        none.changed(ANNA);
        none.anybodyChanged();

        assertThat(none.find(ANNA, "today", NOW)).isNull();
        assertThat(none.size()).isZero();
    }

    @Test
    void whoOnlyLooksDoesNotCountAsMissing() {
        keep(ANNA, "today", "hers");

        cache.find(ANNA, "today", NOW);
        cache.find(ANNA, "yesterday", NOW);
        cache.find(BEN, "today", NOW);
        assertThat(cache.peek(ANNA, "today", NOW)).isEqualTo("hers");
        assertThat(cache.peek(ANNA, "yesterday", NOW)).isNull();
        cache.find(ANNA, "today", TOMORROW);

        assertThat(cache.hits()).isEqualTo(2);
        assertThat(cache.misses()).isEqualTo(3);
    }

    /**
     * Writers change what is stored, then tell of it, and only then is the change acknowledged. Readers take a ticket, read and keep.
     * Nobody may be given anything that is older than what was acknowledged before they asked.
     */
    @ParameterizedTest(name = "anybody may have changed: {0}")
    @ValueSource(booleans = {false, true})
    @Timeout(60)
    void nobodyIsGivenWhatIsOlderThanAnAcknowledgedChange(boolean anybody) throws Exception {
        MemberCache<String, Long> numbers = new MemberCache<>(1_000_000);
        AtomicLongArray stored = new AtomicLongArray(4);
        AtomicLongArray acknowledged = new AtomicLongArray(4);
        AtomicLong given = new AtomicLong();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Callable<Void>> work = new ArrayList<>();
        for (int thread = 0; thread < 2; thread++) {
            int member = thread;
            work.add(() -> {
                for (int change = 0; change < 20_000; change++) {
                    long value = stored.incrementAndGet(member);
                    if (anybody) {
                        numbers.anybodyChanged();
                    } else {
                        numbers.changed(memberOf(member));
                    }
                    acknowledged.set(member, value);
                }
                return null;
            });
            work.add(() -> {
                Random random = new Random(member);
                for (int question = 0; question < 40_000; question++) {
                    int of = random.nextInt(2);
                    long atLeast = acknowledged.get(of);
                    Long found = numbers.find(memberOf(of), "today", NOW);
                    if (found == null) {
                        Ticket ticket = numbers.begin(memberOf(of), NOW);
                        numbers.keep(ticket, "today", stored.get(of), 1, TOMORROW);
                    } else {
                        given.incrementAndGet();
                        assertThat(found).isGreaterThanOrEqualTo(atLeast);
                    }
                }
                return null;
            });
        }

        try {
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(given).hasPositiveValue();
    }

    private static UserId memberOf(int number) {
        return new UserId("member-" + number);
    }

    private void keep(UserId who, String question, String answer) {
        keep(who, question, answer, 1);
    }

    private void keep(UserId who, String question, String answer, int weight) {
        cache.keep(cache.begin(who, NOW), question, answer, weight, TOMORROW);
    }
}
