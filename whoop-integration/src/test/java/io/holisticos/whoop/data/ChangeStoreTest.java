package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.ChangesAnswer.Forgotten;
import io.holisticos.health.ChangesAnswer.Listed;
import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.Metric;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Workout;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever changes a member's days counts, whoever does it, and nothing else does. */
class ChangeStoreTest {

    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");
    private static final LocalDate DAY = LocalDate.of(2026, 9, 16);
    private static final DayRange AROUND = new DayRange(DAY.minusDays(20), DAY.plusDays(20));
    private static final AtomicInteger COUNT = new AtomicInteger();

    private static Jdbi jdbi;
    private static WhoopStore store;
    private static WhoopDayStore reader;
    private static ChangeStore changes;

    private final UserId who = new UserId("member-" + COUNT.incrementAndGet());

    @BeforeAll
    static void openDatabase() {
        jdbi = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        store = new WhoopStore(jdbi, Samples.vault(jdbi));
        reader = new WhoopDayStore(jdbi, Samples.vault(jdbi));
        changes = new ChangeStore(jdbi);
    }

    @Test
    void aRecordThatComesIsToldOnItsDay() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        save(RecordKind.SLEEP, sleep(1, 1, DAY, 0, false), T0);

        assertThat(revision()).isEqualTo(2);
        assertThat(all()).allSatisfy(change -> {
            assertThat(change.days()).containsExactly(DAY);
            assertThat(change.metrics()).contains(Metric.SLEEP_DURATION, Metric.HEART_RATE_RESTING);
            assertThat(change.reason()).isEqualTo("sync");
        });
    }

    @Test
    void aPageThatBringsTheSameAgainIsNoChange() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0.plusSeconds(600));

        assertThat(revision()).isEqualTo(1);
    }

    @Test
    void anotherValueIsToldOnItsDayWithItsMetricAlone() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        save(RecordKind.SLEEP, sleep(1, 1, DAY, 0, false), T0);
        save(RecordKind.RECOVERY, recovery(1, "52", T0), T0);
        long before = revision();

        save(RecordKind.RECOVERY, recovery(1, "53", T0.plusSeconds(60)), T0.plusSeconds(60));

        assertThat(since(before))
                .containsExactly(Change.of(before + 1, List.of(DAY), List.of(Metric.HEART_RATE_RESTING), "sync"));
    }

    @Test
    void aWorkoutIsToldAsOneAndAValueIsNot() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        save(RecordKind.SLEEP, sleep(1, 1, DAY, 0, false), T0);
        save(RecordKind.RECOVERY, recovery(1, "52", T0), T0);
        save(RecordKind.WORKOUT, workout(1, DAY, 0, T0), T0);

        assertThat(all()).extracting(Change::workouts).containsExactly(true, true, false, true);
        assertThat(all().get(3).metrics()).isEmpty();
    }

    @Test
    void aDeletionIsToldAndTheSameDeletionAgainIsNot() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        save(RecordKind.SLEEP, sleep(1, 1, DAY, 0, false), T0);
        long before = revision();

        store.delete(RecordKind.SLEEP, who, uuid(1).toString(), T0.plusSeconds(60), T0.plusSeconds(60));
        store.delete(RecordKind.SLEEP, who, uuid(1).toString(), T0.plusSeconds(120), T0.plusSeconds(120));

        assertThat(since(before)).singleElement().satisfies(change -> {
            assertThat(change.days()).contains(DAY);
            assertThat(change.reason()).isEqualTo("deletion");
        });
    }

    @Test
    void anEditByHandIsToldAndOneOfWhatNobodySeesIsNot() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);

        jdbi.useHandle(handle -> handle.execute(
                "update whoop_cycle set recorded_at = recorded_at - interval '1 hour' where user_id = ?", who.value()));
        assertThat(revision()).isEqualTo(1);

        jdbi.useHandle(
                handle -> handle.execute("update whoop_cycle set step_count = 12 where user_id = ?", who.value()));
        assertThat(since(1)).containsExactly(Change.of(2, List.of(DAY), List.of(Metric.STEPS), "edit"));
    }

    @Test
    void recordsOfAFormerAccountAreToldWhenTheyLeaveTheDays() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        save(RecordKind.SLEEP, sleep(1, 1, DAY, 0, false), T0);
        long before = revision();

        store.retire(who, 1L, T0.plusSeconds(60));

        assertThat(read()).isEmpty();
        assertThat(since(before)).allSatisfy(change -> assertThat(change.days()).contains(DAY));
        assertThat(revision()).isEqualTo(before + 1);
    }

    @Test
    void aConnectionIsAChangeOfEveryDayAndARefreshOfItsTokensIsNone() {
        connection("awaiting_profile");
        assertThat(all())
                .containsExactly(
                        Change.of(1, List.of(), List.of(), "connection").withWorkouts());

        connection("awaiting_confirmation");
        assertThat(revision()).isEqualTo(1);

        connection("active");
        connection("refreshing");
        connection("active");
        assertThat(revision()).isEqualTo(2);

        connection("reauthorization_required");
        connection("revoked");
        assertThat(since(2)).extracting(Change::reason).containsExactly("connection", "connection");
    }

    @Test
    void howFarBackAMemberWasReadIsToldWithTheDaysThatWereReadSince() {
        jdbi.useHandle(handle -> {
            handle.execute("""
                    insert into whoop_member_sync (user_id, connected_at, cycles_listed_at, sleeps_listed_at,
                        recoveries_listed_at, recorded_at, covered_from)
                    values (?, '2026-10-01Z', '2026-10-01Z', '2026-10-01Z', '2026-10-01Z', '2026-10-01Z', '2026-09-20Z')""", who.value());
            handle.execute("update whoop_member_sync set failures = 1 where user_id = ?", who.value());
            handle.execute(
                    "update whoop_member_sync set cycles_listed_at = '2026-10-02Z' where user_id = ?", who.value());
        });
        assertThat(revision()).as("not all is listed yet").isZero();

        jdbi.useHandle(handle -> {
            handle.execute(
                    "update whoop_member_sync set workouts_listed_at = '2026-10-01Z' where user_id = ?", who.value());
            handle.execute("update whoop_member_sync set covered_from = '2026-09-18Z' where user_id = ?", who.value());
        });

        assertThat(all()).hasSize(2);
        assertThat(all().get(0))
                .isEqualTo(Change.of(1, List.of(), List.of(), "coverage").withWorkouts());
        assertThat(all().get(1).days()).contains(LocalDate.of(2026, 9, 18), LocalDate.of(2026, 9, 20));
        assertThat(all().get(1).days()).doesNotContain(LocalDate.of(2026, 9, 25));
        assertThat(all().get(1).metrics()).containsExactlyInAnyOrderElementsOf(Metric.providedBy(WhoopApi.WHOOP));
        assertThat(all().get(1).workouts()).isTrue();
    }

    @Test
    void untilWhenAMemberWasReadIsToldWhenTheirDateMovesAndOnlyThen() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        listed("2026-10-01T08:00:00Z", "2026-10-01T08:00:00Z");
        long before = revision();

        listed("2026-10-01T21:59:00Z", "2026-10-01T08:00:00Z");
        assertThat(revision()).as("a minute to midnight at +01:00").isEqualTo(before);

        listed("2026-10-01T23:30:00Z", "2026-10-01T08:00:00Z");
        assertThat(since(before)).singleElement().satisfies(change -> {
            assertThat(change.days())
                    .as("the day of the last reading is whole now, and the next has begun")
                    .contains(LocalDate.of(2026, 10, 1), LocalDate.of(2026, 10, 2))
                    .doesNotContain(LocalDate.of(2026, 9, 29), LocalDate.of(2026, 10, 3));
            assertThat(change.reason()).isEqualTo("coverage");
            assertThat(change.metrics()).containsExactlyInAnyOrderElementsOf(Metric.providedBy(WhoopApi.WHOOP));
        });

        listed("2026-10-02T21:00:00Z", "2026-10-01T08:00:00Z");
        assertThat(revision()).as("the same date").isEqualTo(before + 1);
    }

    @Test
    void untilWhenAMemberWasReadIsOfCyclesAsLongAsEventsCanHaveKeptTheRestCurrent() {
        listed("2026-10-01T12:00:00Z", "2026-10-01T12:00:00Z");
        long before = revision();

        listed("2026-10-03T14:00:00Z", "2026-10-01T12:00:00Z");
        assertThat(since(before))
                .singleElement()
                .satisfies(change -> assertThat(change.days())
                        .contains(LocalDate.of(2026, 10, 1), LocalDate.of(2026, 10, 2), LocalDate.of(2026, 10, 3)));

        listed("2026-10-03T14:00:01Z", "2026-10-01T12:00:00Z");
        assertThat(since(before + 1)).as("the oldest listing counts again").hasSize(1);
    }

    @Test
    void weeksThatWereReadSinceConsentCameBackAreAllTold() {
        listed("2026-09-20T10:00:00Z", "2026-09-20T10:00:00Z");
        long before = revision();

        listed("2026-10-11T10:00:00Z", "2026-10-11T10:00:00Z");

        assertThat(since(before))
                .singleElement()
                .satisfies(change -> assertThat(change.days())
                        .containsAll(LocalDate.of(2026, 9, 20)
                                .datesUntil(LocalDate.of(2026, 10, 12))
                                .toList()));
    }

    @Test
    void anOpenCycleIsToldWhenItIsLongerThanADay() {
        save(RecordKind.CYCLE, cycle(1, DAY, 1), T0); // from 22:00Z on
        save(RecordKind.SLEEP, sleep(1, 1, DAY, 1, false), T0);
        listed(DAY + "T08:00:00Z", DAY + "T08:00:00Z");
        listed(DAY.plusDays(1) + "T08:00:00Z", DAY + "T08:00:00Z");
        long before = revision();

        listed(DAY.plusDays(1) + "T09:59:00Z", DAY + "T08:00:00Z");
        assertThat(revision()).isEqualTo(before);

        listed(DAY.plusDays(1) + "T10:30:00Z", DAY + "T08:00:00Z");
        assertThat(since(before))
                .singleElement()
                .satisfies(change -> assertThat(change.days()).containsExactly(DAY));
    }

    @Test
    void anOpenCycleIsToldWhenItsNightCannotComeAnyMore() {
        save(RecordKind.CYCLE, cycle(1, DAY, 1), T0);
        listed(DAY + "T09:00:00Z", DAY + "T09:00:00Z");
        long before = revision();

        listed(DAY + "T09:59:00Z", DAY + "T09:00:00Z");
        assertThat(revision()).isEqualTo(before);

        listed(DAY + "T10:00:00Z", DAY + "T09:00:00Z");
        assertThat(since(before))
                .singleElement()
                .satisfies(change -> assertThat(change.days()).containsExactly(DAY));
    }

    @Test
    void whatIsKnownOfReadingAMemberIsToldWhenItComesOrGoesByHand() {
        listed("2026-10-01T08:00:00Z", "2026-10-01T08:00:00Z");
        Change everyDay = Change.of(1, List.of(), List.of(), "coverage").withWorkouts();
        assertThat(all()).containsExactly(everyDay);

        jdbi.useHandle(handle -> handle.execute("delete from whoop_member_sync where user_id = ?", who.value()));
        assertThat(since(1))
                .containsExactly(Change.of(2, List.of(), List.of(), "coverage").withWorkouts());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "whoop_cycle",
                "whoop_recovery",
                "whoop_sleep",
                "whoop_workout",
                "whoop_connection",
                "whoop_member_sync"
            })
    void aTruncationIsTold(String table) {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        save(RecordKind.SLEEP, sleep(1, 1, DAY, 0, false), T0);
        save(RecordKind.RECOVERY, recovery(1, "52", T0), T0);
        save(RecordKind.WORKOUT, workout(1, DAY, 0, T0), T0);
        connection("active");
        listed("2026-10-01T08:00:00Z", "2026-10-01T08:00:00Z");
        long before = revision();

        jdbi.useHandle(handle -> handle.execute("truncate " + table));
        assertThat(since(before))
                .singleElement()
                .satisfies(change -> assertThat(change.days()).as("every day").isEmpty());

        jdbi.useHandle(handle -> handle.execute("truncate " + table));
        assertThat(revision()).as("there was nothing left").isEqualTo(before + 1);
    }

    /** A member whose cycles were listed at one moment, and all else at another. */
    private void listed(String cyclesAt, String othersAt) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into whoop_member_sync (user_id, connected_at, cycles_listed_at, sleeps_listed_at,
                            recoveries_listed_at, workouts_listed_at, recorded_at, covered_from)
                        values (:who, '2026-09-01Z', cast(:cycles as timestamptz), cast(:others as timestamptz),
                            cast(:others as timestamptz), cast(:others as timestamptz), '2026-09-01Z', '2026-09-01Z')
                        on conflict (user_id) do update set cycles_listed_at = excluded.cycles_listed_at,
                            sleeps_listed_at = excluded.sleeps_listed_at, workouts_listed_at = excluded.workouts_listed_at,
                            recoveries_listed_at = excluded.recoveries_listed_at""")
                .bind("who", who.value())
                .bind("cycles", cyclesAt)
                .bind("others", othersAt)
                .execute());
    }

    @Test
    void whatIsOlderThanThirtyDaysIsForgotten() {
        save(RecordKind.CYCLE, cycle(1, DAY, 0), T0);
        changes.prune(T0);
        save(RecordKind.CYCLE, cycle(1, DAY, 1), T0.plusSeconds(60));
        changes.prune(T0.plus(Duration.ofDays(29)));
        assertThat(all()).hasSize(2);

        changes.prune(T0.plus(Duration.ofDays(31)));

        assertThat(ask(0)).isEqualTo(new Forgotten());
        assertThat(since(1)).hasSize(1);
        assertThat(ask(99)).isEqualTo(new Forgotten());
    }

    /** Days are derived by WhoopDays; what the triggers tell must never lack one of those that became another. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void everyDayThatChangesIsToldAndNothingIsToldWhenNoneDid(long seed) {
        Random random = new Random(seed);
        Map<LocalDate, WhoopDay> before = read();
        for (int step = 0; step < 150; step++) {
            long revision = revision();
            String did = doAnything(random, T0.plusSeconds(step));
            Map<LocalDate, WhoopDay> after = read();

            Set<LocalDate> changed = new HashSet<>(before.keySet());
            changed.addAll(after.keySet());
            Map<LocalDate, WhoopDay> was = before;
            changed.removeIf(day -> Objects.equals(was.get(day), after.get(day)));
            Set<LocalDate> told = new HashSet<>();
            since(revision).forEach(change -> told.addAll(change.days()));
            assertThat(told).as("step %d: %s", step, did).containsAll(changed);
            if (changed.isEmpty()) {
                assertThat(revision()).as("step %d: %s", step, did).isEqualTo(revision);
            }
            before = after;
        }
    }

    private String doAnything(Random random, Instant at) {
        int number = 1 + random.nextInt(4);
        LocalDate day = DAY.plusDays(number - 1);
        int shift = random.nextInt(12) - 4;
        switch (random.nextInt(9)) {
            case 0, 1 -> {
                save(RecordKind.CYCLE, cycle(number, day, shift), at);
                return "cycle " + number + " shifted by " + shift;
            }
            case 2, 3 -> {
                boolean nap = random.nextInt(3) == 0;
                int id = number * 10 + random.nextInt(2);
                save(RecordKind.SLEEP, sleep(id, number, day, shift, nap), at);
                return (nap ? "nap " : "sleep ") + id + " shifted by " + shift;
            }
            case 4 -> {
                save(RecordKind.RECOVERY, recovery(number, "5" + random.nextInt(3), at), at);
                return "recovery " + number;
            }
            case 5 -> {
                save(RecordKind.WORKOUT, workout(number, day, shift * 3, at), at);
                return "workout " + number + " shifted by " + shift * 3;
            }
            case 6 -> {
                int id = number * 10 + random.nextInt(2);
                store.delete(RecordKind.SLEEP, who, uuid(id).toString(), at, at);
                return "deleted sleep " + id;
            }
            case 7 -> {
                store.delete(RecordKind.CYCLE, who, Integer.toString(number), at, at);
                return "deleted cycle " + number;
            }
            default -> {
                store.delete(RecordKind.WORKOUT, who, uuid(number + 100).toString(), at, at);
                return "deleted workout " + number;
            }
        }
    }

    private static UUID uuid(int number) {
        return new UUID(0, number);
    }

    /** From the evening before, for a day; every second one is still open. */
    private static Fetched<Cycle> cycle(int id, LocalDate day, int hours) {
        Instant start = startOf(day).plus(Duration.ofHours(hours));
        return sample("cycle-scored-with-steps", Cycle.class, tree -> {
            tree.put("id", id)
                    .put("updated_at", T0.plusSeconds(hours).toString())
                    .put("start", start.toString())
                    .put("timezone_offset", "+01:00");
            if (hours % 2 == 0) {
                tree.put("end", start.plus(Duration.ofHours(24)).toString());
            } else {
                tree.remove("end");
            }
        });
    }

    private static Fetched<Sleep> sleep(int id, int cycleId, LocalDate day, int hours, boolean nap) {
        Instant start = startOf(day).plus(Duration.ofHours(hours));
        return sample(
                "sleep-scored",
                Sleep.class,
                tree -> tree.put("id", uuid(id).toString())
                        .put("cycle_id", cycleId)
                        .put("nap", nap)
                        .put("updated_at", T0.plusSeconds(hours).toString())
                        .put("start", start.toString())
                        .put("end", start.plus(Duration.ofHours(7 + hours % 3)).toString())
                        .put("timezone_offset", "+01:00"));
    }

    private static Fetched<Recovery> recovery(int cycleId, String restingHeartRate, Instant updatedAt) {
        return sample(
                "recovery-scored",
                Recovery.class,
                tree -> tree.put("cycle_id", cycleId)
                        .put("sleep_id", uuid(cycleId * 10).toString())
                        .put("updated_at", updatedAt.toString())
                        .withObject("/score")
                        .put("resting_heart_rate", new BigDecimal(restingHeartRate)));
    }

    private static Fetched<Workout> workout(int number, LocalDate day, int hours, Instant updatedAt) {
        Instant start = startOf(day).plus(Duration.ofHours(12 + hours));
        return sample(
                "workout-scored",
                Workout.class,
                tree -> tree.put("id", uuid(number + 100).toString())
                        .put("updated_at", updatedAt.toString())
                        .put("start", start.toString())
                        .put("end", start.plus(Duration.ofHours(1)).toString())
                        .put("timezone_offset", "+01:00"));
    }

    /** 22:00 of the evening before, at +01:00. */
    private static Instant startOf(LocalDate day) {
        return Instant.parse(day.minusDays(1) + "T21:00:00Z");
    }

    private <T> void save(RecordKind<T> kind, Fetched<T> record, Instant at) {
        store.save(kind, who, List.of(record), at, at);
    }

    private void connection(String state) {
        String token = state.equals("revoked") ? null : "token";
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into whoop_connection as held (user_id, whoop_user_id, state, scopes, access_token,
                            refresh_token, access_expires_at, token_version, connected_at, recorded_at)
                        values (:who, :account, :state, '', cast(:token as bytea), cast(:token as bytea), '2026-10-01Z', 1,
                            '2026-10-01Z', '2026-10-01Z')
                        on conflict (user_id) do update set state = excluded.state, token_version = held.token_version + 1,
                            recorded_at = held.recorded_at + interval '1 second', whoop_user_id = excluded.whoop_user_id,
                            access_token = excluded.access_token, refresh_token = excluded.refresh_token""")
                .bind("who", who.value())
                .bindByType(
                        "account",
                        state.startsWith("awaiting") ? null : (long) who.value().hashCode(),
                        Long.class)
                .bind("state", state)
                .bind("token", token)
                .execute());
    }

    private long revision() {
        return read(AROUND).revision();
    }

    private Map<LocalDate, WhoopDay> read() {
        Map<LocalDate, WhoopDay> days = new TreeMap<>();
        WhoopDays.of(read(AROUND), AROUND).forEach(day -> days.put(day.date(), day));
        return days;
    }

    private HeldRecords read(DayRange days) {
        return reader.read(who, days, T0, Deadline.after(Duration.ofSeconds(10)));
    }

    private List<Change> all() {
        return since(Change.OLDEST_KEPT);
    }

    private List<Change> since(long revision) {
        return ((Listed) ask(revision)).changes();
    }

    private ChangesAnswer ask(long revision) {
        return changes.since(who, revision, 100, Deadline.after(Duration.ofSeconds(10)));
    }
}
