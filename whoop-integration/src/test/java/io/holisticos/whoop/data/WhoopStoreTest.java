package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Page;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.api.Workout;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WhoopStoreTest {

    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final String SLEEP_ID = "ecfc6a15-4661-442f-a9a4-f160dd7afae8";

    private static Jdbi jdbi;
    private static Vault vault;
    private static WhoopStore store;
    private static WhoopDayStore reader;

    private final UserId who = new UserId("member-" + COUNT.incrementAndGet());

    @BeforeAll
    static void openDatabase() {
        jdbi = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        vault = Samples.vault(jdbi);
        store = new WhoopStore(jdbi, vault);
        reader = new WhoopDayStore(jdbi, vault);
    }

    @ParameterizedTest
    @CsvSource({
        "cycle-scored, 2022-04-24",
        "cycle-scored-with-steps, 2022-04-24",
        "cycle-open, 2026-09-16",
        "cycle-pending, 2026-09-16",
        "cycle-unscorable, 2026-09-10"
    })
    void aCycleComesBackAsWhoopWroteIt(String name, LocalDate day) {
        Fetched<Cycle> fetched = sample(name, Cycle.class);

        store.save(RecordKind.CYCLE, who, List.of(fetched), T0, T0);

        assertThat(read(day).cycles()).singleElement().isEqualTo(fetched.record());
        assertThat(Samples.written(read(day).cycles().get(0))).isEqualTo(Samples.written(fetched.record()));
    }

    @ParameterizedTest
    @CsvSource({"sleep-scored, 2022-04-24", "sleep-nap, 2022-04-24", "sleep-pending, 2022-04-24"})
    void aSleepComesBackAsWhoopWroteIt(String name, LocalDate day) {
        Fetched<Sleep> fetched = sample(name, Sleep.class);

        store.save(RecordKind.SLEEP, who, List.of(fetched), T0, T0);

        assertThat(read(day).sleeps()).singleElement().isEqualTo(fetched.record());
    }

    @ParameterizedTest
    @CsvSource({"recovery-scored", "recovery-pending", "recovery-calibrating-old-strap"})
    void aRecoveryComesBackAsWhoopWroteItBesideItsCycle(String name) {
        Fetched<Recovery> fetched = sample(name, Recovery.class);
        Fetched<Cycle> cycle = sample(
                "cycle-scored",
                Cycle.class,
                tree -> tree.put("id", fetched.record().cycleId()));

        store.save(RecordKind.RECOVERY, who, List.of(fetched), T0, T0);
        store.save(RecordKind.CYCLE, who, List.of(cycle), T0, T0);

        assertThat(read(LocalDate.parse("2022-04-24")).recoveries()).containsExactly(fetched.record());
    }

    @Test
    void aRowThatCannotBeReadTakesAwayNoOtherRecord() {
        Fetched<Recovery> recovery = sample("recovery-scored", Recovery.class);
        store.save(RecordKind.RECOVERY, who, List.of(recovery), T0, T0);
        store.save(
                RecordKind.CYCLE,
                who,
                List.of(sample(
                        "cycle-scored",
                        Cycle.class,
                        tree -> tree.put("id", recovery.record().cycleId()))),
                T0,
                T0);
        jdbi.useHandle(handle ->
                handle.execute("update whoop_recovery set hrv_rmssd_milli = null where user_id = ?", who.value()));

        HeldRecords held = read(LocalDate.parse("2022-04-24"));

        assertThat(held.recoveries()).isEmpty();
        assertThat(held.cycles()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"workout-scored, 2022-04-24", "workout-no-gps-strength-trainer, 2022-04-24"})
    void aWorkoutComesBackAsWhoopWroteIt(String name, LocalDate day) {
        Fetched<Workout> fetched = sample(name, Workout.class);

        store.save(RecordKind.WORKOUT, who, List.of(fetched), T0, T0);

        assertThat(read(day).workouts()).singleElement().isEqualTo(fetched.record());
    }

    @Test
    void keepsEveryDigit() {
        Fetched<Workout> fetched = sample(
                "workout-scored",
                Workout.class,
                tree -> tree.withObject("/score").put("kilojoule", new BigDecimal("1569.34033203125000")));

        store.save(RecordKind.WORKOUT, who, List.of(fetched), T0, T0);

        String kilojoule = jdbi.withHandle(
                handle -> handle.createQuery("select cast(kilojoule as text) from whoop_workout where user_id = :who")
                        .bind("who", who.value())
                        .mapTo(String.class)
                        .one());
        assertThat(kilojoule).isEqualTo("1569.34033203125000");
    }

    @Test
    void theNewerVersionWinsAndTheReplacedOneIsKept() {
        save(cycle(1, "2026-09-16T12:00:00Z", "3.0"), T0);
        SaveResult newer = save(cycle(1, "2026-09-16T13:00:00Z", "4.0"), T0.plusSeconds(60));
        SaveResult older = save(cycle(1, "2026-09-16T12:30:00Z", "3.5"), T0.plusSeconds(120));

        assertThat(newer).isEqualTo(new SaveResult(1, 0));
        assertThat(older).isEqualTo(new SaveResult(0, 0));
        assertThat(strain()).isEqualTo("4.0");
        assertThat(history()).containsExactly("3.0");
    }

    @Test
    void equalUpdatedAtWithOtherContentIsDecidedByTheFetchBegunLaterAndCounted() {
        save(cycle(1, "2026-09-16T12:00:00Z", "3.0"), T0);
        SaveResult later = save(cycle(1, "2026-09-16T12:00:00Z", "3.1"), T0.plusSeconds(60));
        SaveResult earlier = save(cycle(1, "2026-09-16T12:00:00Z", "2.9"), T0.minusSeconds(60));

        assertThat(later).isEqualTo(new SaveResult(1, 1));
        assertThat(earlier).isEqualTo(new SaveResult(0, 1));
        assertThat(strain()).isEqualTo("3.1");
    }

    @Test
    void theSameVersionAgainChangesNothingButWhenItWasLastSeen() {
        save(cycle(1, "2026-09-16T12:00:00Z", "3.0"), T0);
        SaveResult again = save(cycle(1, "2026-09-16T12:00:00Z", "3.0"), T0.plusSeconds(60));

        assertThat(again).isEqualTo(new SaveResult(0, 0));
        assertThat(history()).isEmpty();
        Instant recordedAt =
                jdbi.withHandle(handle -> handle.createQuery("select recorded_at from whoop_cycle where user_id = :who")
                        .bind("who", who.value())
                        .mapTo(Instant.class)
                        .one());
        assertThat(recordedAt).isEqualTo(T0);
        assertThat(count("whoop_archive")).isEqualTo(1);
    }

    @Test
    void aRecordIsFoundNotHeldThoughItDidNotChangeSinceTheListWasRead() {
        Fetched<Cycle> old = cycle(1, "2026-09-16T12:00:00Z", "3.0");
        Fetched<Cycle> changed = cycle(2, "2026-09-17T12:00:00Z", "4.0");

        SaveResult saved = store.save(
                RecordKind.CYCLE, who, listedAfter("2026-09-17T00:00:00Z", old, changed), T0, T0, AccountCheck.NONE);

        assertThat(saved.changed()).isEqualTo(2);
        assertThat(count("whoop_cycle")).isEqualTo(2);
        assertThat(count("whoop_archive")).isEqualTo(2);
    }

    @Test
    void anotherVersionIsFoundThoughWhoopDatesItBeforeTheListWasRead() {
        save(cycle(1, "2026-09-16T12:00:00Z", "3.0"), T0);
        save(cycle(2, "2026-09-16T12:00:00Z", "3.5"), T0);

        SaveResult saved = store.save(
                RecordKind.CYCLE,
                who,
                listedAfter(
                        "2026-09-17T00:00:00Z",
                        cycle(1, "2026-09-16T13:00:00Z", "3.1"),
                        cycle(2, "2026-09-17T13:00:00Z", "3.6")),
                T0.plusSeconds(60),
                T0.plusSeconds(60),
                AccountCheck.NONE);

        assertThat(saved.changed()).isEqualTo(2);
        assertThat(history()).containsExactlyInAnyOrder("3.0", "3.5");
    }

    /** A fresh database has no statistics, and the server's guesses have cost a visit for every pair of records. */
    @Test
    void aListVisitsEachHeldRecordAFewTimesThoughNothingWasEverAnalyzed() {
        Jdbi fresh = TestDatabase.migratedBy("whoop-db/changelog.yaml").jdbi();
        int nights = 50;
        List<Fetched<Sleep>> sleeps =
                IntStream.range(0, nights).mapToObj(WhoopStoreTest::night).toList();
        List<Fetched<Recovery>> recoveries =
                IntStream.range(0, nights).mapToObj(WhoopStoreTest::morning).toList();
        WhoopStore saving = new WhoopStore(fresh, Samples.vault(fresh));
        saving.save(RecordKind.SLEEP, who, sleeps, T0, T0);
        saving.save(RecordKind.RECOVERY, who, recoveries, T0, T0);

        long ofSleeps = visits(fresh, () -> list(saving, RecordKind.SLEEP, sleeps.subList(0, 25)));
        long ofRecoveries = visits(fresh, () -> list(saving, RecordKind.RECOVERY, recoveries.subList(0, 25)));

        assertThat(ofSleeps).isBetween(25L, 10L * nights); // joins in pairs have read 18,851
        assertThat(ofRecoveries).isBetween(25L, 10L * nights);
    }

    /** Everything on the list is held, and not all that is held is on it. */
    private <T> void list(WhoopStore saving, RecordKind<T> kind, List<Fetched<T>> newest) {
        Window all = new Window(T0.minus(Duration.ofDays(100)), T0);
        RecordBatch<T> listed = RecordBatch.page(kind, new Page<>(newest, List.of(), "more"), all, T0);
        saving.save(kind, who, listed, T0.plusSeconds(60), T0.plusSeconds(60), AccountCheck.NONE);
    }

    /** Rows that the server reads for the work. */
    private static long visits(Jdbi database, Runnable work) {
        return database.inTransaction(handle -> {
            long before = visited(handle);
            work.run(); // on this thread's connection
            return visited(handle) - before;
        });
    }

    /** Not of the transaction alone: the server sums up what a connection read until it tells, about once a second. */
    private static long visited(Handle handle) {
        return handle.createQuery("select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)"
                        + " from pg_stat_xact_user_tables")
                .mapTo(Long.class)
                .one();
    }

    private static Fetched<Sleep> night(int ago) {
        Instant start = T0.minus(Duration.ofDays(ago)).minus(Duration.ofHours(12));
        return sample(
                "sleep-scored",
                Sleep.class,
                tree -> tree.put("id", new UUID(9, ago).toString())
                        .put("cycle_id", 1_000 - ago)
                        .put("start", start.toString())
                        .put("end", start.plus(Duration.ofHours(8)).toString()));
    }

    private static Fetched<Recovery> morning(int ago) {
        Instant made = T0.minus(Duration.ofDays(ago)).minus(Duration.ofHours(4));
        return sample(
                "recovery-scored",
                Recovery.class,
                tree -> tree.put("sleep_id", new UUID(9, ago).toString())
                        .put("cycle_id", 1_000 - ago)
                        .put("created_at", made.toString())
                        .put("updated_at", made.toString()));
    }

    @SafeVarargs
    private static RecordBatch<Cycle> listedAfter(String before, Fetched<Cycle>... cycles) {
        Window all = new Window(Instant.parse("2026-09-01T00:00:00Z"), Instant.parse("2026-10-01T00:00:00Z"));
        return RecordBatch.page(
                RecordKind.CYCLE, new Page<>(List.of(cycles), List.of(), null), all, Instant.parse(before));
    }

    @Test
    void aPageMayHoldARecordTwice() {
        SaveResult saved = store.save(
                RecordKind.CYCLE,
                who,
                List.of(cycle(1, "2026-09-16T12:00:00Z", "3.0"), cycle(1, "2026-09-16T12:30:00Z", "3.2")),
                T0,
                T0);

        assertThat(saved.changed()).isEqualTo(1);
        assertThat(strain()).isEqualTo("3.2");
    }

    @Test
    void aDeletionYieldsOnlyToAFetchBegunAfterIt() {
        Fetched<Sleep> sleep = sample("sleep-scored", Sleep.class);
        LocalDate day = LocalDate.parse("2022-04-24");
        store.save(RecordKind.SLEEP, who, List.of(sleep), T0, T0);

        store.delete(RecordKind.SLEEP, who, SLEEP_ID, T0.plusSeconds(10), T0.plusSeconds(10));
        store.save(RecordKind.SLEEP, who, List.of(sleep), T0.plusSeconds(5), T0.plusSeconds(20));
        assertThat(read(day).sleeps()).isEmpty();

        store.save(RecordKind.SLEEP, who, List.of(sleep), T0.plusSeconds(15), T0.plusSeconds(20));
        assertThat(read(day).sleeps()).hasSize(1);
    }

    @Test
    void deletingASleepDeletesItsRecoveryEvenOneThatArrivesLater() {
        Fetched<Sleep> sleep = sample("sleep-scored", Sleep.class);
        Fetched<Cycle> cycle = sample("cycle-scored", Cycle.class);
        Fetched<Recovery> recovery = sample(
                "recovery-scored",
                Recovery.class,
                tree -> tree.put("sleep_id", SLEEP_ID)
                        .put("cycle_id", cycle.record().id()));
        LocalDate day = LocalDate.parse("2022-04-24");
        store.save(RecordKind.CYCLE, who, List.of(cycle), T0, T0);
        store.save(RecordKind.SLEEP, who, List.of(sleep), T0, T0);

        store.delete(RecordKind.SLEEP, who, SLEEP_ID, T0.plusSeconds(10), T0.plusSeconds(10));
        store.save(RecordKind.RECOVERY, who, List.of(recovery), T0, T0.plusSeconds(20));

        assertThat(read(day).recoveries()).isEmpty();
        assertThat(read(day).cycles()).hasSize(1);
    }

    @Test
    void profileAndBodyAreReplacedByTheFetchBegunLater() {
        Fetched<Profile> profile = sample("profile", Profile.class);
        Fetched<BodyMeasurement> body = sample("body-measurement", BodyMeasurement.class);
        Fetched<BodyMeasurement> lighter =
                sample("body-measurement", BodyMeasurement.class, tree -> tree.put("weight_kilogram", 80));

        store.save(RecordKind.PROFILE, who, List.of(profile), T0, T0);
        store.save(RecordKind.PROFILE, who, List.of(profile), T0.plusSeconds(1), T0.plusSeconds(1));
        store.save(RecordKind.BODY_MEASUREMENT, who, List.of(lighter), T0.plusSeconds(60), T0.plusSeconds(60));
        store.save(RecordKind.BODY_MEASUREMENT, who, List.of(body), T0, T0.plusSeconds(61));

        assertThat(reader.findProfile(who)).contains(profile.record());
        assertThat(reader.findBodyMeasurement(who)).contains(lighter.record());
        assertThat(count("whoop_profile_history")).isZero();
    }

    @Test
    void nothingPersonalIsReadableInTheTables() {
        Fetched<Profile> profile = sample("profile", Profile.class);
        store.save(RecordKind.PROFILE, who, List.of(profile), T0, T0);

        for (String table : List.of("whoop_profile", "whoop_archive")) {
            String dump = jdbi.withHandle(
                    handle -> handle.createQuery("select coalesce(string_agg(cast(t as text), ' '), '') from " + table
                                    + " t where user_id = :who")
                            .bind("who", who.value())
                            .mapTo(String.class)
                            .one());
            for (String secret : List.of("member10129@example.invalid", "Test", "Member")) {
                String hex = java.util.HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
                assertThat(dump).isNotEmpty().doesNotContain(secret);
                assertThat(dump.toLowerCase(Locale.ROOT)).doesNotContain(hex);
            }
        }
    }

    @Test
    void theArchiveHoldsTheVeryBytesUntilItIsPurged() {
        Fetched<Cycle> fetched = cycle(1, "2026-09-16T12:00:00Z", "3.0");
        save(fetched, T0);

        assertThat(archived()).containsExactly(fetched.raw());

        store.purgeArchive(T0.minusSeconds(1));
        assertThat(archived()).hasSize(1);
        store.purgeArchive(T0.plusSeconds(1));
        assertThat(archived()).isEmpty();
    }

    @Test
    void aPayloadThatComesAgainInAnotherMonthIsArchivedOnce() {
        Fetched<Cycle> fetched = cycle(1, "2026-09-16T12:00:00Z", "3.0");
        Jdbi own = Samples.pooled(
                TestDatabase.migratedBy("whoop-db/changelog.yaml")); // other tests have rows of other months
        WhoopStore store = new WhoopStore(own, Samples.vault(own));
        store.save(RecordKind.CYCLE, who, List.of(fetched), T0, T0);
        store.makePartitions(T0);
        Instant inASpring = T0.plus(Duration.ofDays(200));
        store.makePartitions(inASpring);

        store.save(RecordKind.CYCLE, who, List.of(cycle(1, "2026-09-16T13:00:00Z", "4.0")), inASpring, inASpring);
        store.save(RecordKind.CYCLE, who, List.of(fetched), inASpring, inASpring);

        String archived = own.withHandle(handle -> handle.createQuery(
                        "select count(*) || ' in ' || count(distinct tableoid) from whoop_archive where user_id = :who")
                .bind("who", who.value())
                .mapTo(String.class)
                .one());
        assertThat(archived).isEqualTo("2 in 2");
    }

    @Test
    void theArchiveOfAMonthGoesAtOnceWhenAllOfItIsTooOld() {
        store.makePartitions(T0);
        Instant later = T0.plus(Duration.ofDays(400));
        store.makePartitions(later);
        save(cycle(1, "2026-09-16T12:00:00Z", "3.0"), later);

        store.purgeArchive(later.minus(Duration.ofDays(1)));
        assertThat(archived()).hasSize(1);
        store.purgeArchive(later.plus(Duration.ofDays(32)));
        assertThat(archived()).isEmpty();
    }

    /** The payload of the member's cycle, while the archive keeps it. */
    private List<byte[]> archived() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select payload_sealed from whoop_archive a join whoop_cycle c
                        on c.user_id = a.user_id and c.archive_hash = a.hash where a.user_id = :who""")
                .bind("who", who.value())
                .map((row, context) -> vault.open(who, WhoopStore.Purpose.PAYLOAD, row.getBytes(1)))
                .list());
    }

    @Test
    void writersOfOneMemberTakeTurns() throws Exception {
        var threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writes = new java.util.ArrayList<>();
            for (int i = 0; i < 20; i++) {
                String strain = "1." + (10 + i);
                String updatedAt = "2026-09-16T12:00:%02dZ".formatted(i);
                writes.add(threads.submit(() -> save(cycle(1, updatedAt, strain), T0)));
            }
            for (Future<?> write : writes) {
                write.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(strain()).isEqualTo("1.29");
        assertThat(count("whoop_cycle")).isEqualTo(1);
    }

    @Test
    void aDatabaseThatIsDownIsASourceThatIsUnavailable() {
        WhoopDayStore lost = new WhoopDayStore(Jdbi.create("jdbc:postgresql://127.0.0.1:1/none"), vault);
        Deadline deadline = Deadline.after(Duration.ofSeconds(5));

        assertThatThrownBy(() -> lost.read(who, DayRange.of(LocalDate.parse("2026-09-16")), T0, deadline))
                .isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> lost.holdsAnythingOf(who, Deadline.after(Duration.ZERO)))
                .isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void knowsWhomItHolds() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(5));
        assertThat(reader.holdsAnythingOf(who, deadline)).isFalse();

        save(cycle(1, "2026-09-16T12:00:00Z", "3.0"), T0);

        assertThat(reader.holdsAnythingOf(who, deadline)).isTrue();
    }

    private static Fetched<Cycle> cycle(long id, String updatedAt, String strain) {
        return sample(
                "cycle-open",
                Cycle.class,
                tree -> tree.put("id", id)
                        .put("updated_at", updatedAt)
                        .withObject("/score")
                        .put("strain", new BigDecimal(strain)));
    }

    private SaveResult save(Fetched<Cycle> cycle, Instant fetchBegunAt) {
        return store.save(RecordKind.CYCLE, who, List.of(cycle), fetchBegunAt, fetchBegunAt);
    }

    private HeldRecords read(LocalDate day) {
        return reader.read(who, DayRange.of(day), T0, Deadline.after(Duration.ofSeconds(10)));
    }

    private String strain() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select cast(strain as text) from whoop_cycle where user_id = :who")
                        .bind("who", who.value())
                        .mapTo(String.class)
                        .one());
    }

    private List<String> history() {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select cast(strain as text) from whoop_cycle_history where user_id = :who order by updated_at")
                .bind("who", who.value())
                .mapTo(String.class)
                .list());
    }

    private int count(String table) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + table + " where user_id = :who")
                .bind("who", who.value())
                .mapTo(Integer.class)
                .one());
    }
}
