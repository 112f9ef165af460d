package io.holisticos.app.limits;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.app.limits.VerifiedCredentials.Whose;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.UserId;
import io.holisticos.web.Caller;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How requests are counted, by a clock that the test sets. */
class LimitTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10); // nanoTime may overflow
    private final Meter refused = new Meter();

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 1_000, 1_000_000})
    void asManyAsItSaysGoThroughAtOnceAndNotOneMore(int perSecond) {
        Limit limit = limit(perSecond);

        long within = IntStream.range(0, perSecond + 50)
                .filter(i -> limit.take("a").isWithin())
                .count();

        assertThat(within).isEqualTo(perSecond);
        assertThat(refused.getCount()).isEqualTo(50);
    }

    @Test
    void overAnyTimeNoMoreThanItsRateAndOneSecondsWorthGoThrough() {
        Limit limit = limit(100);

        int within = 0;
        for (int milli = 0; milli < 10_000; milli++) {
            within += limit.take("a").isWithin() ? 1 : 0;
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        }

        assertThat(within).isBetween(1_090, 1_100);
    }

    @Test
    void whoeverWaitsAsLongAsToldGoesThrough() {
        Limit limit = limit(4);
        Standing last = limit.take("a");
        while (last.isWithin()) {
            last = limit.take("a");
        }

        nanos.addAndGet(last.nanos() - 1);
        assertThat(limit.take("a").isWithin()).isFalse();
        nanos.addAndGet(1);
        assertThat(limit.take("a").isWithin()).isTrue();
    }

    @Test
    void oneCallerTakesNothingFromAnother() {
        Limit limit = limit(1);
        limit.take("a");

        assertThat(limit.take("a").isWithin()).isFalse();
        assertThat(limit.isSpent("a")).isTrue();
        assertThat(limit.take("b").isWithin()).isTrue();
        assertThat(limit.isSpent("c")).isFalse();
    }

    @Test
    void whatWasTakenByMistakeIsGivenBack() {
        Limit limit = limit(1);
        limit.take("a");
        limit.giveBack("a");
        limit.giveBack("nobody");

        assertThat(limit.isSpent("a")).isFalse();
        assertThat(limit.take("a").isWithin()).isTrue();
        assertThat(limit.take("a").isWithin()).isFalse();
    }

    @Test
    void theFieldsSayWhatIsLeftAndWhenAllIsThereAgain() {
        Limit limit = limit(10);
        assertThat(limit.policy()).isEqualTo("\"service\";q=10;w=1");
        assertThat(limit.take("a").field()).isEqualTo("\"service\";r=9;t=1");
        IntStream.range(0, 9).forEach(i -> limit.take("a"));
        assertThat(limit.take("a").field()).isEqualTo("\"service\";r=0;t=1");
    }

    @Test
    void whoIsRefusedIsTellingOnceAMinute() {
        Limit limit = limit(1);
        limit.take("a");

        assertThat(limit.take("a").isFirst()).isTrue();
        assertThat(limit.take("a").isFirst()).isFalse();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
        limit.take("a");
        assertThat(limit.take("a").isFirst()).isFalse();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        limit.take("a");
        assertThat(limit.take("a").isFirst()).isTrue();
    }

    @Test
    void threadsTogetherGetNoMoreThanOne() throws Exception {
        Limit limit = limit(1_000);
        AtomicInteger within = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                try {
                    start.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (int j = 0; j < 1_000; j++) {
                    within.addAndGet(limit.take("a").isWithin() ? 1 : 0);
                }
            });
        }
        start.countDown();
        threads.shutdown();

        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(within).hasValue(1_000);
    }

    @Test
    void aMemberHasALimitOfTheirOwnAndAServiceAnother() {
        LimitsConfiguration configuration = new LimitsConfiguration();
        configuration.member = 2;
        configuration.service = 3;
        MetricRegistry metrics = new MetricRegistry();
        Limits limits = new Limits(configuration, metrics, new SecurityEvents(metrics), nanos::get);
        Caller one = Caller.ofMember(new UserId("one"), Set.of());
        Caller other = Caller.ofMember(new UserId("other"), Set.of());
        Caller service = key("an-id");

        assertThat(IntStream.range(0, 10).filter(i -> isWithin(limits, one)).count())
                .isEqualTo(2);
        assertThat(IntStream.range(0, 10).filter(i -> isWithin(limits, other)).count())
                .isEqualTo(2);
        assertThat(IntStream.range(0, 10).filter(i -> isWithin(limits, service)).count())
                .isEqualTo(3);
        assertThat(metrics.meter("limits.member.refused").getCount()).isEqualTo(16);
        assertThat(metrics.meter("security.limit_reached").getCount()).isEqualTo(3);
    }

    /** One takes the place of the other, and its caller must not pay for it. */
    @Test
    void twoKeysOfOneNameHaveALimitEach() {
        LimitsConfiguration configuration = new LimitsConfiguration();
        configuration.service = 3;
        MetricRegistry metrics = new MetricRegistry();
        Limits limits = new Limits(configuration, metrics, new SecurityEvents(metrics), nanos::get);

        for (Caller key : List.of(key("former"), key("latter"))) {
            assertThat(IntStream.range(0, 10).filter(i -> isWithin(limits, key)).count())
                    .isEqualTo(3);
        }
    }

    private static Caller key(String publicId) {
        return new Caller("dashboard", Set.of(), null, publicId);
    }

    @Test
    void withoutALimitNobodyIsCounted() {
        LimitsConfiguration configuration = new LimitsConfiguration();
        configuration.service = 0;
        configuration.address = 0;
        MetricRegistry metrics = new MetricRegistry();
        Limits limits = new Limits(configuration, metrics, new SecurityEvents(metrics), nanos::get);

        assertThat(limits.takeOf(Whose.of(key("an-id")))).isEmpty();
        assertThat(limits.takeOfAddress("192.0.2.1")).isEmpty();
        assertThat(limits.isAddressSpent("192.0.2.1")).isFalse();
        assertThat(limits.takeOfExistingRoutes("192.0.2.1")).isEmpty();
    }

    @Test
    void aNetworkOfVersionSixIsOneAddress() {
        LimitsConfiguration configuration = new LimitsConfiguration();
        configuration.address = 1;
        MetricRegistry metrics = new MetricRegistry();
        Limits limits = new Limits(configuration, metrics, new SecurityEvents(metrics), nanos::get);

        assertThat(limits.takeOfAddress("2001:db8::1").orElseThrow().isWithin()).isTrue();
        assertThat(limits.takeOfAddress("2001:db8::ffff:1").orElseThrow().isWithin())
                .isFalse();
        assertThat(limits.takeOfAddress("2001:db8:0:1::1").orElseThrow().isWithin())
                .isTrue();
        assertThat(limits.takeOfAddress("192.0.2.1").orElseThrow().isWithin()).isTrue();
    }

    /** A hundred thousand addresses are as much as is kept, however many send. */
    @Test
    void theirNumberIsBounded() {
        Limit limit = limit(1);
        for (int i = 0; i < 300_000; i++) {
            limit.take(i);
        }

        assertThat(limit.callers()).isBetween(90_000L, 100_000L);
    }

    private static boolean isWithin(Limits limits, Caller caller) {
        return limits.takeOf(Whose.of(caller)).orElseThrow().isWithin();
    }

    private Limit limit(int perSecond) {
        return new Limit("service", perSecond, nanos::get, refused);
    }
}
