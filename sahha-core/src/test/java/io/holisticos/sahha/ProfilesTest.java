package io.holisticos.sahha;

import static io.holisticos.sahha.SahhaStub.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.BoundedSource;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaStub.Answer;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.SahhaEvent;
import io.holisticos.sahha.data.SahhaInboxStore;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.generic.GenericType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ids are anybody's text: what strangers may cost, and what members have all the same. */
class ProfilesTest {

    private static final DayRange TODAY = DayRange.of(LocalDate.of(2025, 7, 11));
    private static final DayRange LONG_AGO = DayRange.of(LocalDate.of(2019, 7, 11));
    private static final String PROFILE = "/api/v1/account/profile/";

    /** Five for strangers, fifteen for members. */
    private static final int FEW_CALLS_PER_SECOND = 20;

    private static final int STRANGERS_PER_SECOND = 5;

    private final ExecutorService callers = Executors.newFixedThreadPool(16);
    private final ExecutorService elsewhere = Executors.newFixedThreadPool(4);
    private SahhaBed bed;

    @BeforeEach
    void open() {
        bed = new SahhaBed(FEW_CALLS_PER_SECOND);
    }

    @AfterEach
    void close() {
        callers.shutdownNow();
        elsewhere.shutdownNow();
        bed.close();
    }

    @Test
    void membersAreAnsweredWhileStrangersAreTriedAndNothingOfThoseIsKept() throws Exception {
        member("by-an-earlier-answer");
        member("by-a-connection");
        bed.stores()
                .profiles()
                .saveKnown(new UserId("by-an-earlier-answer"), bed.now.get().minus(Duration.ofDays(3)));
        bed.module.alsoMembersOf(List.of(
                new BoundedSource(new Knows("somebody-else"), elsewhere, (source, failure) -> {}),
                new BoundedSource(new Knows("by-a-connection"), elsewhere, (source, failure) -> {})));
        long begun = System.nanoTime();

        List<Future<String>> strangers = all(Stream.generate(() -> "stranger-" + UUID.randomUUID())
                .limit(500)
                .map(id -> () -> status(id, TODAY)));
        String first = status("by-an-earlier-answer", TODAY);
        String second = status("by-a-connection", TODAY);

        for (Future<String> stranger : strangers) {
            assertThat(stranger.get()).isIn("not_connected", "unavailable");
        }
        assertThat(first).isEqualTo("ok");
        assertThat(second).isEqualTo("ok");
        assertThat(bed.sahha.seen(PROFILE + "stranger-")).hasSizeLessThanOrEqualTo(mostOfStrangers(begun));
        assertThat(checks()).containsOnlyKeys("by-an-earlier-answer", "by-a-connection");
        assertThat(bed.metrics.meter("sahha.profiles.strangers.refused").getCount())
                .isGreaterThan(400);
    }

    @Test
    void daysLongAgoAndTheQuestionWhoSomebodyIsAreNoWayAround() throws Exception {
        long begun = System.nanoTime();

        List<Future<String>> strangers = all(Stream.generate(() -> "stranger-" + UUID.randomUUID())
                .limit(100)
                .flatMap(id -> Stream.of(
                        () -> status(id, LONG_AGO), () -> acquaintance(id).name())));

        for (Future<String> stranger : strangers) {
            assertThat(stranger.get()).isIn("not_connected", "unavailable", "UNKNOWN", "UNSURE");
        }
        assertThat(bed.sahha.seen(PROFILE)).hasSizeLessThanOrEqualTo(mostOfStrangers(begun));
        assertThat(checks()).isEmpty();
    }

    @Test
    void aSahhaThatHangsForStrangersLeavesThreadsToMembers() throws Exception {
        member("member");
        bed.stores().profiles().saveKnown(new UserId("member"), bed.now.get().minus(Duration.ofDays(3)));
        all(Stream.generate(() -> "stranger-" + UUID.randomUUID()).limit(50).map(id -> {
            bed.sahha.on(PROFILE + id, request -> {
                new CountDownLatch(1).await(); // the client gives up, and the end of the test ends the server's threads
                return Answer.status(404);
            });
            return () -> status(id, TODAY);
        }));

        assertThat(status("member", TODAY)).isEqualTo("ok");
    }

    @Test
    void rowsAreFetchedWhileSahhaIsAskedWhetherItKnowsTheId() throws Exception {
        member("new");
        CountDownLatch fetched = new CountDownLatch(2);
        bed.sahha.on(
                PROFILE + "new",
                request -> fetched.await(20, TimeUnit.SECONDS)
                        ? Answer.json(sample("profile.account-profile.response-200.json"))
                        : Answer.status(500));
        bed.sahha.on("/api/v1/profile/score/new", request -> {
            fetched.countDown();
            return Answer.json(sample("golden-scores.json"));
        });
        bed.sahha.on("/api/v1/profile/biomarker/new", request -> {
            fetched.countDown();
            return Answer.json(sample("golden-biomarkers.json"));
        });

        Future<String> answer = callers.submit(() -> status("new", TODAY));

        assertThat(fetched.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(answer.get()).isEqualTo("ok");
    }

    @Test
    void rowsOfStrangersTakeOneShareOfTheCallsAtMost() throws Exception {
        long begun = System.nanoTime();

        for (Future<String> stranger : all(Stream.generate(() -> "stranger-" + UUID.randomUUID())
                .limit(200)
                .map(id -> () -> status(id, TODAY)))) {
            assertThat(stranger.get()).isIn("not_connected", "unavailable");
        }

        assertThat(bed.sahha.seen("/api/v1/profile/")).hasSizeLessThanOrEqualTo(mostOfStrangers(begun));
    }

    @Test
    void manyMembersWhoseProfilesAreAskedForHoldNoThreadThatAnotherNeeds() throws Exception {
        for (int i = 0; i < 60; i++) {
            bed.stores()
                    .profiles()
                    .saveKnown(new UserId("old-" + i), bed.now.get().minus(Duration.ofDays(3)));
            bed.sahha.on(PROFILE + "old-" + i, Answer.status(404));
        }
        member("member");
        List<Future<String>> others =
                all(Stream.iterate(0, i -> i + 1).limit(60).map(i -> () -> status("old-" + i, TODAY)));

        for (Future<String> other : others) {
            assertThat(other.get()).isIn("not_connected", "unavailable");
        }
        assertThat(status("member", TODAY)).isEqualTo("ok");
    }

    @Test
    void thatThereIsNobodyHoldsForADay() {
        assertThat(status("nobody", TODAY)).isEqualTo("not_connected");
        member("nobody");
        bed.passes(Duration.ofHours(23));
        assertThat(status("nobody", TODAY)).isEqualTo("not_connected");
        assertThat(bed.sahha.seen(PROFILE)).hasSize(1);

        bed.passes(Duration.ofHours(2));

        assertThat(status("nobody", TODAY)).isEqualTo("ok");
        assertThat(checks()).containsExactly(Map.entry("nobody", true));
    }

    @Test
    void anEventOfSahhaTellsOfWhomItDidNotKnowBefore() {
        assertThat(status("newcomer", TODAY)).isEqualTo("not_connected");
        member("newcomer");
        bed.passes(Duration.ofMinutes(1));

        bed.stores()
                .inbox()
                .save(
                        new byte[] {1},
                        List.of(new SahhaEvent("an event", new UserId("newcomer"), SahhaKind.SCORES)),
                        new SahhaInboxStore.Delivery(
                                bed.now.get(), Duration.ofSeconds(10), Duration.ofMinutes(10), Set.of()));

        assertThat(checks()).isEmpty();
        assertThat(status("newcomer", TODAY)).isEqualTo("ok");
    }

    @Test
    void whomSahhaNoLongerKnowsIsForgotten() {
        bed.stores().profiles().saveKnown(new UserId("gone"), bed.now.get().minus(Duration.ofDays(3)));

        assertThat(status("gone", TODAY)).isEqualTo("not_connected");

        assertThat(checks()).isEmpty();
    }

    @Test
    void whatAnEarlierVersionNotedOfNobodyCountsForNothing() {
        member("anna");
        bed.database
                .jdbi()
                .useHandle(handle -> handle.execute(
                        "insert into sahha_profile_check (profile_id, known, checked_at) values ('anna', false, ?),"
                                + " ('nobody', false, ?)",
                        bed.now.get().atOffset(ZoneOffset.UTC),
                        bed.now.get().atOffset(ZoneOffset.UTC)));

        assertThat(status("anna", TODAY)).isEqualTo("ok");
        bed.stores().profiles().deleteUnknown();

        assertThat(checks()).containsExactly(Map.entry("anna", true));
    }

    private void member(String id) {
        bed.sahha.member(id, sample("golden-scores.json"), sample("golden-biomarkers.json"), null);
    }

    private String status(String id, DayRange days) {
        return bed.module
                .source()
                .read(new UserId(id), new DaysToRead(days, days), Deadline.after(Duration.ofSeconds(25)))
                .status();
    }

    private Acquaintance acquaintance(String id) {
        return bed.module.source().acquaintance(new UserId(id), Deadline.after(Duration.ofSeconds(25)));
    }

    private static int mostOfStrangers(long begunNanos) {
        long seconds = Duration.ofNanos(System.nanoTime() - begunNanos).toSeconds();
        return (int) (seconds + 2) * STRANGERS_PER_SECOND; // the first and the last of them not whole
    }

    private List<Future<String>> all(Stream<Callable<String>> questions) {
        return questions.map(callers::submit).toList();
    }

    private Map<String, Boolean> checks() {
        return bed.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("select profile_id, known from sahha_profile_check")
                        .setMapKeyColumn("profile_id")
                        .setMapValueColumn("known")
                        .collectInto(new GenericType<Map<String, Boolean>>() {}));
    }

    /** Another source that knows one member. */
    private record Knows(String member) implements HealthSource {

        @Override
        public SourceName name() {
            return new SourceName("another");
        }

        @Override
        public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
            return new SourceAnswer.NotConnected(name());
        }

        @Override
        public Acquaintance acquaintance(UserId who, Deadline deadline) {
            return who.value().equals(member) ? Acquaintance.KNOWN : Acquaintance.UNKNOWN;
        }
    }
}
