package io.holisticos.whoop.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.whoop.Knobs;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WhoopApiOnTheTwinTest {

    private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
    private static final World WORLD = World.of(new WorldOptions(7, NOW, 0));
    private static final UserId ANNA = new UserId("demo-anna");

    /** Two months: several pages of everything. */
    private static final Window WINDOW = new Window(NOW.minus(Duration.ofDays(60)), NOW);

    private static final Window YEARS = new Window(NOW.minus(Duration.ofDays(3_000)), NOW);

    private final TwinClock clock = TwinClock.fixed(NOW);
    private WhoopTwin twin;
    private String token;
    private Rig rig;

    @BeforeEach
    void start() throws IOException {
        Knobs.Limits generous = new Knobs.Limits(100_000, 100_000, false, false);
        twin = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox())
                        .withKnobs(Knobs.defaults().with(generous)),
                WORLD,
                clock);
        token = twin.grant(ANNA.value()).accessToken();
        rig = new Rig(developer(), token);
    }

    @AfterEach
    void stop() {
        rig.close();
        twin.stop();
    }

    @Test
    void readsEveryRecordOfEveryKindOnce() {
        assertThat(ids(next -> rig.api.cycles(ANNA, YEARS, next, soon()), cycle -> "" + cycle.id()))
                .isEqualTo(truth("cycles", "id"));
        assertThat(ids(next -> rig.api.recoveries(ANNA, YEARS, next, soon()), recovery -> "" + recovery.cycleId()))
                .isEqualTo(truth("recoveries", "cycle_id"));
        assertThat(ids(next -> rig.api.sleeps(ANNA, YEARS, next, soon()), sleep -> "" + sleep.id()))
                .isEqualTo(truth("sleeps", "id"));
        assertThat(ids(next -> rig.api.workouts(ANNA, YEARS, next, soon()), workout -> "" + workout.id()))
                .isEqualTo(truth("workouts", "id"));
    }

    @Test
    void absentIsTheSameAsNull() {
        List<Object> withNulls = everything();

        twin.turn(twin.knobs().with(new Knobs.Wire(false, true, 401, true)));

        assertThat(everything()).isEqualTo(withNulls).hasSizeGreaterThan(100);
    }

    @Test
    void aRecordReadAloneIsTheOneOfItsPage() {
        Cycle cycle = second(rig.api.cycles(ANNA, WINDOW, null, soon()));
        Sleep sleep = second(rig.api.sleeps(ANNA, WINDOW, null, soon()));
        Workout workout = second(rig.api.workouts(ANNA, WINDOW, null, soon()));

        assertThat(rig.api.cycle(ANNA, cycle.id(), soon()).orElseThrow().record())
                .isEqualTo(cycle);
        assertThat(rig.api.sleep(ANNA, sleep.id(), soon()).orElseThrow().record())
                .isEqualTo(sleep);
        assertThat(rig.api.workout(ANNA, workout.id(), soon()).orElseThrow().record())
                .isEqualTo(workout);
        assertThat(rig.api
                        .recoveryOfCycle(ANNA, cycle.id(), soon())
                        .orElseThrow()
                        .record()
                        .cycleId())
                .isEqualTo(cycle.id());
    }

    @Test
    void readsTheMember() {
        long whoopUserId = WORLD.byUserId(ANNA.value()).orElseThrow().whoopUserId();

        assertThat(rig.api.profile(ANNA, soon()).orElseThrow().record().userId())
                .isEqualTo(whoopUserId);
        String fresh = twin.grant("demo-chen").accessToken();
        assertThat(rig.api.accountWith(fresh, new UserId("demo-chen"), soon()).userId())
                .isEqualTo(WORLD.byUserId("demo-chen").orElseThrow().whoopUserId());
    }

    @Test
    void whatIsNotThereOrNotYetThereIsEmpty() {
        Sleep sleep = second(rig.api.sleeps(ANNA, WINDOW, null, soon()));

        assertThat(rig.api.cycle(ANNA, 1, soon())).isEmpty();
        assertThat(rig.api.workout(ANNA, new UUID(1, 1), soon())).isEmpty();
        twin.faults().add(FaultRule.times("/developer/v2/activity/sleep/", FaultKind.NOT_YET, 1));
        assertThat(rig.api.sleep(ANNA, sleep.id(), soon())).isEmpty();
        assertThat(rig.api.sleep(ANNA, sleep.id(), soon())).isPresent();
    }

    @Test
    void aMissingScopeNeedsConsentAgain() {
        twin.turn(twin.knobs().with(new Knobs.Wire(true, true, 401, true)));
        String token =
                twin.grant(ANNA.value(), Set.of("offline", "read:profile")).accessToken();

        try (Rig narrow = new Rig(developer(), token)) {
            assertThat(narrow.api.profile(ANNA, soon())).isPresent();
            assertThatThrownBy(() -> narrow.api.cycles(ANNA, WINDOW, null, soon()))
                    .isInstanceOf(ReauthorizationRequired.class);
        }
    }

    @Test
    void revokedIsRevoked() {
        rig.api.revokeAccessWith(token, ANNA, soon());

        assertThat(twin.hasGrant(ANNA.value())).isFalse();
        assertThatThrownBy(() -> rig.api.profile(ANNA, soon())).isInstanceOf(ReauthorizationRequired.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultKind.class,
            names = {"GARBAGE", "LARGE"})
    void nonsenseIsABadReply(FaultKind kind) {
        twin.faults().add(FaultRule.always("/developer", kind));

        assertThatThrownBy(() -> rig.api.cycles(ANNA, WINDOW, null, soon())).isInstanceOf(BadSourceReply.class);
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultKind.class,
            names = {"STATUS", "RESET", "HTML"})
    void oneFailureIsRepeatedAway(FaultKind kind) {
        twin.faults().add(FaultRule.times("/developer", kind, 1));

        assertThat(rig.api.cycles(ANNA, WINDOW, null, soon()).records()).isNotEmpty();
    }

    @Test
    void theGovernorKeepsTheTwinFromEverRefusing() {
        twin.turn(Knobs.defaults());
        QuotaGovernor governor = governor();

        int answered = 0;
        try (Rig governed = new Rig(developer(), twin.grant(ANNA.value()).accessToken(), governor)) {
            for (int attempt = 0; attempt < 320; attempt++) {
                try {
                    governed.api.profile(ANNA, soon());
                    answered++;
                } catch (SourceThrottled e) {
                    clock.advance(e.retryAfter().orElseThrow());
                }
                clock.advance(Duration.ofMillis(100));
            }
        }

        assertThat(answered).isBetween(317, 319);
        assertThat(twin.stats().callsAnswered("429")).isZero();
        assertThat(twin.stats().maxCallsIn60s()).isEqualTo(98);
    }

    @Test
    void theGovernorLeavesRoomForOthersOfOurApplication() {
        twin.turn(Knobs.defaults());
        String token = twin.grant(ANNA.value()).accessToken();
        try (Rig stranger = new Rig(developer(), token);
                Rig governed = new Rig(developer(), token, governor())) {
            for (int i = 0; i < 70; i++) {
                stranger.api.profile(ANNA, soon());
            }

            int answered = 0;
            Duration wait = Duration.ZERO;
            while (wait.isZero()) {
                try {
                    governed.api.profile(ANNA, soon());
                    answered++;
                } catch (SourceThrottled e) {
                    wait = e.retryAfter().orElseThrow();
                }
            }

            assertThat(answered).isEqualTo(28);
            assertThat(wait).isEqualTo(Duration.ofMinutes(1));
            assertThat(twin.stats().callsAnswered("429")).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FaultKind.class,
            names = {"QUOTA_MINUTE", "QUOTA_DAY"})
    void theGovernorBelievesA429(FaultKind kind) {
        QuotaGovernor governor = governor();
        try (Rig governed = new Rig(developer(), twin.grant(ANNA.value()).accessToken(), governor)) {
            twin.faults().add(FaultRule.times("/developer", kind, 1));

            assertThatThrownBy(() -> governed.api.profile(ANNA, soon())).isInstanceOf(SourceThrottled.class);

            assertThat(governor.status().blockedUntil()).isAfter(clock.instant());
            long calls = twin.stats().calls();
            assertThatThrownBy(() -> governed.api.profile(ANNA, soon())).isInstanceOf(SourceThrottled.class);
            assertThat(twin.stats().calls()).isEqualTo(calls);
        }
    }

    private URI developer() {
        return URI.create(twin.baseUrl() + "/developer");
    }

    private QuotaGovernor governor() {
        return new QuotaGovernor(
                TestDatabase.migratedBy("whoop-db/changelog.yaml").jdbi(), clock, new QuotaConfiguration());
    }

    private List<Object> everything() {
        List<Object> records = new ArrayList<>();
        records.addAll(all(next -> rig.api.cycles(ANNA, WINDOW, next, soon())));
        records.addAll(all(next -> rig.api.recoveries(ANNA, WINDOW, next, soon())));
        records.addAll(all(next -> rig.api.sleeps(ANNA, WINDOW, next, soon())));
        records.addAll(all(next -> rig.api.workouts(ANNA, WINDOW, next, soon())));
        records.add(rig.api.bodyMeasurement(ANNA, soon()).map(Fetched::record));
        return records;
    }

    private static <T> List<String> ids(Function<String, Page<T>> pages, Function<T, String> id) {
        return all(pages).stream().map(id).toList();
    }

    /** The records of all pages, of which none may be rejected. */
    private static <T> List<T> all(Function<String, Page<T>> pages) {
        List<T> records = new ArrayList<>();
        String next = null;
        do {
            Page<T> page = pages.apply(next);
            assertThat(page.rejected()).isEmpty();
            page.records().forEach(fetched -> records.add(fetched.record()));
            next = page.nextToken();
        } while (next != null);
        return records;
    }

    private List<String> truth(String kind, String id) {
        return ((List<?>) twin.truth(ANNA.value()).get(kind))
                .stream().map(record -> "" + ((Map<?, ?>) record).get(id)).toList();
    }

    /** The newest may still be open. */
    private static <T> T second(Page<T> page) {
        return page.records().get(1).record();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(60));
    }
}
