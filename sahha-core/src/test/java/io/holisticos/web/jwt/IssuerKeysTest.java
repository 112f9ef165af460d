package io.holisticos.web.jwt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import io.holisticos.testing.TokenIssuer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the issuer's keys are fetched, and how long they are good. */
class IssuerKeysTest {

    private static final Duration KEPT = Duration.ofHours(6);
    private static final TokenIssuer NOW = new TokenIssuer("now");
    private static final TokenIssuer NEXT = new TokenIssuer("next");

    private final HandClock clock = new HandClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final Published published = new Published(NOW.keys());
    private final IssuerKeys keys = new IssuerKeys(published, KEPT, clock);
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        callers.shutdownNow();
    }

    @Test
    void aKeyThatIsKnownIsTakenFromMemory() throws Exception {
        keys.refresh();

        for (int i = 0; i < 1_000; i++) {
            assertThat(named("now-ec")).isNotEmpty();
            assertThat(named("now-rsa")).isNotEmpty();
            clock.advance(Duration.ofSeconds(10));
        }

        assertThat(published.fetches).hasValue(1);
    }

    @Test
    void aNewKeyIsFetchedAtTheFirstTokenThatNamesIt() throws Exception {
        assertThat(named("now-ec")).isNotEmpty();
        long before = keys.generation();
        published.keys = new JWKSet(both());

        assertThat(named("next-ec")).isNotEmpty();

        assertThat(published.fetches).hasValue(2);
        assertThat(keys.generation()).isGreaterThan(before);
        assertThat(keys.count()).isEqualTo(4);
    }

    @Test
    void madeUpKeysCauseAFewFetchesAMinute() throws Exception {
        keys.refresh();

        for (int second = 0; second < 600; second++) {
            for (int i = 0; i < 5; i++) {
                assertThat(named("made-up-" + second + "-" + i)).isEmpty();
            }
            assertThat(named("now-ec")).isNotEmpty();
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(published.fetches.get()).isBetween(2, 4 * 10 + 1);
    }

    @Test
    void theSameKeysAgainChangeNothing() throws Exception {
        keys.refresh();
        long before = keys.generation();

        clock.advance(Duration.ofMinutes(5));
        keys.refresh();

        assertThat(published.fetches).hasValue(2);
        assertThat(keys.generation()).isEqualTo(before);
    }

    @Test
    void aKeyThatTheIssuerTookBackIsGoodNoMore() throws Exception {
        keys.refresh();
        published.keys = NEXT.keys();

        clock.advance(Duration.ofMinutes(5));
        keys.refresh();

        assertThat(named("now-ec")).isEmpty();
        assertThat(named("next-ec")).isNotEmpty();
    }

    @Test
    void whetherAKeyIsHeldIsSaidWithoutAskingForOneThatIsNot() throws Exception {
        assertThat(keys.hold("now-ec")).as("fetched where none are held yet").isTrue();
        assertThat(keys.hold("next-ec")).isFalse();
        assertThat(published.fetches).hasValue(1);

        published.keys = new JWKSet();
        clock.advance(Duration.ofMinutes(5));
        keys.refresh();

        assertThat(keys.hold("now-ec")).as("all were taken back").isFalse();
        assertThat(named("now-ec")).isEmpty();
        published.keys = null;
        clock.advance(KEPT);
        assertThatThrownBy(() -> keys.hold("now-ec")).isInstanceOf(KeySourceException.class);
    }

    @Test
    void whileTheIssuerIsAwayTheKeysAreGoodForABoundedTime() throws Exception {
        keys.refresh();
        published.keys = null;

        for (Duration away = Duration.ZERO; away.compareTo(KEPT) < 0; away = away.plusMinutes(5)) {
            keys.refresh();
            assertThat(named("now-ec")).isNotEmpty();
            assertThat(named("made-up")).isEmpty();
            clock.advance(Duration.ofMinutes(5));
        }

        assertThatThrownBy(() -> named("now-ec")).isInstanceOf(KeySourceException.class);
        published.keys = NOW.keys();
        clock.advance(IssuerKeys.BETWEEN_FETCHES);
        assertThat(named("now-ec")).isNotEmpty();
    }

    @Test
    void withoutAnyKeysTheIssuerIsAskedAFewTimesAMinute() {
        published.keys = null;

        for (int second = 0; second < 60; second++) {
            assertThatThrownBy(() -> named("now-ec")).isInstanceOf(KeySourceException.class);
            clock.advance(Duration.ofSeconds(1));
        }

        assertThat(published.fetches.get()).isBetween(2, 5);
    }

    @Test
    void whileAFetchHangsOnlyAFewCallersWaitAndKnownKeysAreAtHand() throws Exception {
        keys.refresh();
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        published.before = () -> {
            asked.countDown();
            await(answered);
        };
        List<Future<List<JWK>>> strangers = new ArrayList<>();
        strangers.add(callers.submit(() -> named("made-up")));
        await(asked);

        for (int i = 0; i < 40; i++) {
            strangers.add(callers.submit(() -> named("made-up")));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(named("now-ec")).isNotEmpty();
        }
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (strangers.stream().filter(Future::isDone).count() < 41 - IssuerKeys.WAITING) {
            assertThat(System.nanoTime())
                    .as("those beyond the few are refused at once")
                    .isLessThan(end);
            Thread.onSpinWait();
        }
        answered.countDown();

        for (Future<List<JWK>> stranger : strangers) {
            assertThat(stranger.get(20, TimeUnit.SECONDS)).isEmpty();
        }
    }

    @Test
    void whileTheFirstFetchHangsOnlyAFewCallersWait() throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        CountDownLatch asked = new CountDownLatch(1);
        published.before = () -> {
            asked.countDown();
            await(answered);
        };
        List<Future<List<JWK>>> members = new ArrayList<>();
        members.add(callers.submit(() -> named("now-ec")));
        await(asked);

        for (int i = 0; i < 40; i++) {
            members.add(callers.submit(() -> named("now-ec")));
        }

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (members.stream().filter(Future::isDone).count() < 41 - IssuerKeys.WAITING) {
            assertThat(System.nanoTime())
                    .as("those beyond the few are told at once")
                    .isLessThan(end);
            Thread.onSpinWait();
        }
        answered.countDown();
        assertThat(members.get(0).get(20, TimeUnit.SECONDS)).isNotEmpty();
    }

    private static List<JWK> both() {
        List<JWK> both = new ArrayList<>(NOW.keys().getKeys());
        both.addAll(NEXT.keys().getKeys());
        return both;
    }

    private List<JWK> named(String kid) throws KeySourceException {
        return keys.get(new JWKSelector(new JWKMatcher.Builder().keyID(kid).build()), null);
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
