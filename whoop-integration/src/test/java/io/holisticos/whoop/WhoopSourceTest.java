package io.holisticos.whoop;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.command.Event;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DayRange;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Lineage;
import io.holisticos.health.Measurement;
import io.holisticos.health.Metric;
import io.holisticos.health.PlausibleDay;
import io.holisticos.health.Score;
import io.holisticos.health.SleepInterval;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceAnswer.DataStatus;
import io.holisticos.health.SourceAnswer.Measured;
import io.holisticos.health.SourceDay;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.MemberNotices;
import io.holisticos.whoop.MemberConnections.MemberConnection;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.ChangeStore;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.data.Samples;
import io.holisticos.whoop.data.WhoopDayStore;
import io.holisticos.whoop.sync.SyncBed;
import io.holisticos.whoop.sync.SyncContext;
import io.holisticos.whoop.sync.SyncRequests;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhoopSourceTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final LocalDate DAY = LocalDate.parse("2022-04-24");
    private static final LocalDate A_DAY = LocalDate.parse("2026-11-10");
    private static final Duration STALE_AFTER = Duration.ofHours(6);

    private static SyncBed bed;
    private static KnownConnections connections;
    private static WhoopSource source;

    @BeforeAll
    static void open() {
        bed = new SyncBed();
        connections = new KnownConnections(bed.jdbi);
        MemberStatuses statuses =
                new MemberStatuses(connections, bed.requests, stale(bed.requests), STALE_AFTER, bed.clock);
        source = new WhoopSource(statuses, bed.reader, changesOf(bed.jdbi), bed.clock, bed.readings);
        bed.connect(ANNA);
        connections.put(ANNA, new MemberConnection(1L, SyncBed.START, MemberConnections.ConnectionStatus.USABLE));
        bed.stopBackfills();
        bed.work(ANNA, bed.requests.firstSync(ANNA));
    }

    @AfterAll
    static void close() {
        bed.close();
    }

    @Test
    void todayHasScoresMetricsAndDetails() {
        Measured measured = measured(read(source, ANNA, DayRange.of(today()), deadline()));

        assertThat(measured.dataStatus()).isEqualTo(DataStatus.CURRENT);
        assertThat(measured.coverage()).isEqualTo("complete");
        assertThat(measured.asOf()).isEqualTo(SyncBed.START);
        assertThat(measured.since()).isEqualTo(SyncBed.START);
        SourceDay day = measured.days().get(0);
        assertThat(day.scores())
                .extracting(Score::name)
                .containsExactlyInAnyOrder("whoop_recovery", "whoop_strain", "whoop_sleep_performance");
        assertThat(day.measurements())
                .extracting(Measurement::metric)
                .contains(
                        Metric.HEART_RATE_RESTING,
                        Metric.HRV_RMSSD_SLEEP,
                        Metric.SLEEP_DURATION,
                        Metric.SLEEP_REM,
                        Metric.RESPIRATORY_RATE_SLEEP,
                        Metric.ENERGY_TOTAL);
        JsonNode details = Samples.MAPPER.valueToTree(day.details());
        assertThat(details.at("/cycle/end").isNull()).isTrue();
        assertThat(details.at("/recovery/score/hrv_rmssd_milli").isNumber()).isTrue();
        assertThat(details.at("/sleep/nap").booleanValue()).isFalse();
        assertThat(details.path("naps").isArray()).isTrue();
        assertThat(details.has("other_cycles")).isFalse();
    }

    @Test
    void aValueSaysOfWhichRecordItIsAndFromWhenToWhenItWasMeasured() {
        SourceDay day = measured(read(source, ANNA, DayRange.of(today()), deadline()))
                .days()
                .get(0);

        JsonNode details = Samples.MAPPER.valueToTree(day.details());
        Instant slept = Instant.parse(details.at("/sleep/start").asText());
        Instant woke = Instant.parse(details.at("/sleep/end").asText());
        assertThat(day.mainSleep()).isEqualTo(new SleepInterval(slept, woke));
        assertThat(lineage(day, Metric.SLEEP_DURATION))
                .isEqualTo(new Lineage(details.at("/sleep/id").asText(), slept, woke, day.offset(), SyncBed.START));
        assertThat(lineage(day, Metric.HEART_RATE_RESTING))
                .as("a recovery has the times of its sleep")
                .isEqualTo(new Lineage(details.at("/cycle/id").asText(), slept, woke, day.offset(), SyncBed.START));
        Lineage energy = lineage(day, Metric.ENERGY_TOTAL);
        assertThat(energy.start()).isEqualTo(details.at("/cycle/start").asText());
        assertThat(energy.end()).as("the cycle is open").isNull();
    }

    @Test
    void thirtyDaysAreThirtyDays() {
        Measured measured = measured(read(source, ANNA, new DayRange(today().minusDays(28), today()), deadline()));

        assertThat(measured.days()).hasSize(29);
        assertThat(measured.coverage()).isEqualTo("complete");
        assertThat(measured.days()).allSatisfy(day -> assertThat(day.details()).isNotNull());
    }

    @Test
    void daysBeforeTheFirstSyncAreOnlyPartlyRead() {
        Measured measured = measured(read(source, ANNA, new DayRange(today().minusDays(40), today()), deadline()));

        assertThat(measured.coverage()).isEqualTo("partial");
    }

    @Test
    void samplesBecomeMeasurementsInOurUnits() {
        UserId who = member("samples");
        hold(who, "cycle-scored-with-steps", "sleep-scored", "recovery-scored");

        SourceDay day =
                measured(read(source, who, DayRange.of(DAY), deadline())).days().get(0);

        Map<Metric, String> values = values(day);
        assertThat(values)
                .containsEntry(Metric.SLEEP_DURATION, "481.154")
                .containsEntry(Metric.SLEEP_IN_BED, "504.546")
                .containsEntry(Metric.ENERGY_TOTAL, "1980.951")
                .containsEntry(Metric.HRV_RMSSD_SLEEP, "31.813562");
        assertThat(day.measurements())
                .allSatisfy(measurement ->
                        assertThat(measurement.value().toString()).doesNotContain("E"));
    }

    @Test
    void aSleepWithMoreAwakeAndUnknownTimeThanTimeInBedIsGivenAsItComesOut() {
        UserId who = member("impossible");
        Fetched<Sleep> sleep = Samples.sample(
                "sleep-scored",
                Sleep.class,
                tree -> ((ObjectNode) tree.at("/score/stage_summary"))
                        .put("total_in_bed_time_milli", 28_800_000)
                        .put("total_awake_time_milli", 27_000_000)
                        .put("total_no_data_time_milli", 5_400_000));
        bed.store.save(RecordKind.SLEEP, who, List.of(sleep), SyncBed.START, SyncBed.START);

        SourceDay day =
                measured(read(source, who, DayRange.of(DAY), deadline())).days().get(0);

        assertThat(values(day)).as("the gate judges, not the source").containsEntry(Metric.SLEEP_DURATION, "-60");
        assertThat(PlausibleDay.of(day).implausible()).containsExactly(Metric.SLEEP_DURATION);
        assertThat(Samples.MAPPER
                        .valueToTree(PlausibleDay.of(day).day().details())
                        .at("/sleep/score/stage_summary/total_awake_time_milli")
                        .asLong())
                .isEqualTo(27_000_000);
    }

    @Test
    void pendingIsAStateAndNoValue() {
        UserId who = member("pending");
        hold(who, "cycle-scored", "sleep-pending", "recovery-pending");

        List<SourceDay> days = measured(read(source, who, new DayRange(DAY.minusDays(1), DAY), deadline()))
                .days();

        SourceDay day = days.get(days.size() - 1);
        assertThat(day.scores()).extracting(Score::name).doesNotContain("whoop_recovery", "whoop_sleep_performance");
        assertThat(values(day)).doesNotContainKeys(Metric.SLEEP_DURATION, Metric.HRV_RMSSD_SLEEP);
        JsonNode details = Samples.MAPPER.valueToTree(day.details());
        assertThat(details.at("/sleep/score_state").asText()).isEqualTo("PENDING_SCORE");
    }

    @Test
    void calibratingIsSaidBesideTheScore() {
        UserId who = member("calibrating");
        hold(who, "cycle-scored", "sleep-scored", "recovery-calibrating-old-strap");

        SourceDay day =
                measured(read(source, who, DayRange.of(DAY), deadline())).days().get(0);

        assertThat(day.scores())
                .filteredOn(score -> score.name().equals("whoop_recovery"))
                .singleElement()
                .extracting(Score::state)
                .isEqualTo("user_calibrating");
        assertThat(values(day)).doesNotContainKey(Metric.SPO2_SLEEP);
    }

    @Test
    void aWorkoutWithoutADistanceHasNone() {
        UserId who = member("workout");
        Fetched<Workout> workout = Samples.sample("workout-no-gps-strength-trainer", Workout.class);
        bed.store.save(RecordKind.WORKOUT, who, List.of(workout), SyncBed.START, SyncBed.START);

        List<SourceDay> days = measured(read(source, who, new DayRange(DAY.minusDays(1), DAY.plusDays(1)), deadline()))
                .days();

        assertThat(days).singleElement().satisfies(day -> {
            assertThat(day.details()).isNull();
            assertThat(day.workouts()).singleElement().satisfies(held -> {
                assertThat(held.distanceMeter()).isNull();
                assertThat(held.sport()).isEqualTo(workout.record().sportName());
                assertThat(held.start().getOffset()).isEqualTo(workout.record().timezoneOffset());
            });
        });
    }

    @Test
    void neverSyncedIsStaleAndASyncIsAskedForOnce() {
        UserId who = member("fresh");

        Measured first = measured(read(source, who, DayRange.of(DAY), deadline()));
        read(source, who, DayRange.of(DAY), deadline());

        assertThat(first.dataStatus()).isEqualTo(DataStatus.STALE);
        assertThat(first.asOf()).isNull();
        assertThat(first.newest()).isNull();
        assertThat(first.coverage()).isEqualTo("partial");
        assertThat(bed.count("whoop_sync", who))
                .as("the first sync and the backfill after it")
                .isEqualTo(2);
    }

    @Test
    void theNewestObservationIsTheNewestOfAnyRecord() {
        UserId who = member("newest");
        hold(who, "cycle-scored", "sleep-nap");

        Measured measured = measured(read(source, who, DayRange.of(LocalDate.parse("2026-01-01")), deadline()));

        assertThat(measured.newest().at()).isEqualTo("2022-04-24T18:55:30Z");
        assertThat(measured.newest().offset()).isEqualTo(ZoneOffset.ofHours(-5));
        assertThat(measured.days()).isEmpty();
    }

    @Test
    void aRecordFromTheFutureIsNotTheNewestObservation() {
        UserId who = member("future");
        hold(who, "cycle-scored", "sleep-nap");
        Fetched<Sleep> tomorrow = Samples.sample(
                "sleep-scored",
                Sleep.class,
                tree -> tree.put("timezone_offset", "+14:00")
                        .put("start", "2099-01-01T00:00:00Z")
                        .put("end", "2099-01-01T08:00:00Z"));
        Fetched<Workout> nextYear = Samples.sample(
                "workout-scored",
                Workout.class,
                tree -> tree.put("timezone_offset", "-10:00")
                        .put("start", "2027-01-01T00:00:00Z")
                        .put("end", "2027-01-01T08:00:00Z"));
        bed.store.save(RecordKind.SLEEP, who, List.of(tomorrow), SyncBed.START, SyncBed.START);
        bed.store.save(RecordKind.WORKOUT, who, List.of(nextYear), SyncBed.START, SyncBed.START);

        Measured measured = measured(read(source, who, DayRange.of(DAY), deadline()));

        assertThat(measured.newest().at()).isEqualTo("2022-04-24T18:55:30Z");
        assertThat(measured.newest().offset()).isEqualTo(ZoneOffset.ofHours(-5));
    }

    @Test
    void coverageIsThatOfTheDaysAskedForAndNotOfThoseAroundThem() {
        DayRange asked = DayRange.of(today());
        DaysToRead days = new DaysToRead(asked, asked.with(40, 2));

        Measured measured = measured(source.read(ANNA, days, deadline()));

        assertThat(measured.coverage()).isEqualTo("complete");
        assertThat(measured.days()).extracting(SourceDay::date).anyMatch(date -> !asked.contains(date));
    }

    @Test
    void coverageIsToldForEachDayAndDoesNotDependOnTheOthers() {
        LocalDate old = today().minusDays(40);
        DayRange range = new DayRange(old, today().plusDays(2));

        Measured measured = measured(read(source, ANNA, range, deadline()));

        assertThat(measured.coverageOn(old)).isEqualTo("partial");
        assertThat(measured.coverageOn(today())).isEqualTo("complete");
        for (LocalDate date : range.days()) {
            assertThat(measured.coverageOn(date))
                    .as("%s", date)
                    .isEqualTo(measured(read(source, ANNA, DayRange.of(date), deadline()))
                            .coverage());
        }
    }

    @Test
    void withoutConsentWhatIsHeldIsStillRead() {
        UserId who = member("consent");
        connections.put(who, new MemberConnection(1L, SyncBed.START, MemberConnections.ConnectionStatus.NEEDS_CONSENT));
        hold(who, "cycle-scored", "sleep-scored");

        Measured measured = measured(read(source, who, DayRange.of(DAY), deadline()));

        assertThat(measured.dataStatus()).isEqualTo(DataStatus.REAUTHORIZATION_REQUIRED);
        assertThat(measured.days()).hasSize(1);
        assertThat(bed.count("whoop_sync", who)).isZero();
    }

    @Test
    void nobodyIsNotConnectedAndUnknown() {
        UserId who = new UserId("nobody");

        assertThat(read(source, who, DayRange.of(DAY), deadline())).isInstanceOf(SourceAnswer.NotConnected.class);
        assertThat(source.acquaintance(who, deadline())).isEqualTo(Acquaintance.UNKNOWN);
        assertThat(source.acquaintance(ANNA, deadline())).isEqualTo(Acquaintance.KNOWN);
        assertThat(source.name().value()).isEqualTo("whoop");
    }

    @Test
    void aDatabaseThatIsDownIsUnavailable() {
        Jdbi down = Jdbi.create("jdbc:postgresql://127.0.0.1:1/none");
        SyncContext terms = new SyncContext(
                who -> true,
                (who, begun) -> {},
                who -> "hash-" + Integer.toHexString(who.hashCode()),
                bed.clock,
                new MetricRegistry());
        SyncRequests lost = new SyncRequests(down, null, terms, () -> {});
        WhoopDayStore reader = new WhoopDayStore(down, Samples.vault(down));
        WhoopSource unreachable = new WhoopSource(
                new MemberStatuses(connections, lost, stale(lost), STALE_AFTER, bed.clock),
                reader,
                changesOf(down),
                bed.clock,
                bed.readings);

        long before = counted(Event.FALLBACK_SUCCESS);

        assertThat(read(unreachable, ANNA, DayRange.of(DAY), deadline())).isInstanceOf(SourceAnswer.Unavailable.class);
        assertThat(counted(Event.FALLBACK_SUCCESS) - before).isEqualTo(1);
        assertThat(unreachable.acquaintance(new UserId("nobody"), deadline())).isEqualTo(Acquaintance.UNSURE);
        assertThat(unreachable.changes(ANNA, Change.OLDEST_KEPT, 10, deadline()))
                .isInstanceOf(ChangesAnswer.Unavailable.class);
    }

    @Test
    void anAnswerBearsTheRevisionThatItsChangesLeadTo() {
        Measured read = (Measured) read(source, ANNA, DayRange.of(A_DAY), deadline());
        ChangesAnswer.Listed listed =
                (ChangesAnswer.Listed) source.changes(ANNA, Change.OLDEST_KEPT, 1_000, deadline());

        assertThat(read.revision()).isPositive().isEqualTo(listed.revision());
        assertThat(listed.changes())
                .anySatisfy(change -> assertThat(change.days()).contains(A_DAY));
    }

    @Test
    void everyMetricOfADayIsToldWithTheRecordThatItIsOf() {
        Measured read = (Measured) read(source, ANNA, DayRange.of(A_DAY), deadline());
        ChangesAnswer.Listed listed =
                (ChangesAnswer.Listed) source.changes(ANNA, Change.OLDEST_KEPT, 1_000, deadline());

        Set<Metric> told = listed.changes().stream()
                .filter(change -> change.days().contains(A_DAY))
                .flatMap(change -> change.metrics().stream())
                .collect(Collectors.toSet());
        assertThat(read.days().get(0).measurements())
                .isNotEmpty()
                .allSatisfy(measured -> assertThat(told).contains(measured.metric()));
    }

    @Test
    void aReadingIsOneExecutionOfHoweverManyStatements() {
        long before = counted(Event.SUCCESS);

        read(source, ANNA, DayRange.of(DAY), deadline());

        assertThat(counted(Event.SUCCESS) - before).isEqualTo(1);
    }

    /** What the moment itself shows, the end of a workout that goes on, is no part of it: such an answer is never kept. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anAnswerStaysTheSameUntilTheMomentThatItSays(long seed) {
        Random random = new Random(seed);
        UserId who = new UserId("kept-" + seed);
        ZoneOffset offset = ZoneOffset.ofTotalSeconds((random.nextInt(105) - 48) * 900);
        Instant start = SyncBed.START.plusSeconds(random.nextInt(86_400));
        connections.put(
                who,
                new MemberConnection(
                        1L,
                        SyncBed.START,
                        random.nextInt(4) == 0
                                ? MemberConnections.ConnectionStatus.NEEDS_CONSENT
                                : MemberConnections.ConnectionStatus.USABLE));
        read(who, start);
        for (int i = 0; i < 4; i++) { // some of them are dated later than now
            Instant at = start.plusSeconds(random.nextInt(6 * 86_400) - 4 * 86_400);
            ZoneOffset there = random.nextInt(3) == 0 ? ZoneOffset.ofHours(-9) : offset;
            hold(who, i, at, there, random);
        }
        DaysToRead days = askedFor(new DayRange(
                today(start, offset).minusDays(3), today(start, offset).plusDays(3)));
        MutableClock clock = new MutableClock(start);
        WhoopSource moving = new WhoopSource(
                new MemberStatuses(connections, bed.requests, new StaleMembers(any -> {}), STALE_AFTER, clock),
                bed.reader,
                changesOf(bed.jdbi),
                clock,
                bed.readings);

        int kept = 0;
        for (Instant now = start; now.isBefore(start.plus(Duration.ofHours(40))); ) {
            clock.now = now;
            Measured answer = measured(moving.read(who, days, deadline()));
            Instant until = answer.goodUntil();
            if (until.equals(SourceAnswer.NEVER)) {
                now = now.plus(Duration.ofMinutes(97));
                continue;
            }
            kept++;
            assertThat(until).isAfter(now);
            Duration life = Duration.between(now, until);
            for (Instant later :
                    List.of(now.plus(life.dividedBy(3)), now.plus(life.dividedBy(2)), until.minusNanos(1000))) {
                clock.now = later;
                assertThat(withoutLife(measured(moving.read(who, days, deadline()))))
                        .as("at %s, kept from %s until %s", later, now, until)
                        .isEqualTo(withoutLife(answer));
            }
            now = until;
        }
        assertThat(kept).isPositive();
    }

    private static Measured withoutLife(Measured answer) {
        return new Measured(
                answer.from(),
                answer.dataStatus(),
                answer.asOf(),
                answer.since(),
                answer.coverage(),
                answer.newest(),
                answer.days(),
                answer.partlyRead(),
                answer.revision(),
                answer.stale());
    }

    private static void hold(UserId who, int number, Instant at, ZoneOffset offset, Random random) {
        bed.store.save(
                RecordKind.CYCLE,
                who,
                List.of(Samples.sample(
                        "cycle-open",
                        Cycle.class,
                        tree -> tree.put("id", number)
                                .put("start", at.toString())
                                .put("timezone_offset", offset.getId().equals("Z") ? "+00:00" : offset.getId()))),
                SyncBed.START,
                SyncBed.START);
        if (random.nextBoolean()) {
            bed.store.save(
                    RecordKind.SLEEP,
                    who,
                    List.of(Samples.sample(
                            "sleep-scored",
                            Sleep.class,
                            tree -> tree.put("id", new UUID(0, number).toString())
                                    .put("cycle_id", number)
                                    .put("start", at.toString())
                                    .put(
                                            "end",
                                            at.plusSeconds(random.nextInt(40_000))
                                                    .toString())
                                    .put("timezone_offset", offset.getId().equals("Z") ? "+00:00" : offset.getId()))),
                    SyncBed.START,
                    SyncBed.START);
        }
        if (random.nextBoolean()) {
            bed.store.save(
                    RecordKind.WORKOUT,
                    who,
                    List.of(Samples.sample(
                            "workout-scored",
                            Workout.class,
                            tree -> tree.put("id", new UUID(1, number).toString())
                                    .put("start", at.plusSeconds(3_000).toString())
                                    .put("end", at.plusSeconds(9_000).toString()))),
                    SyncBed.START,
                    SyncBed.START);
        }
    }

    /** The member's collections were listed at that moment. */
    private static void read(UserId who, Instant at) {
        bed.jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into whoop_member_sync (user_id, connected_at, recorded_at, covered_from, cycles_listed_at,
                            sleeps_listed_at, recoveries_listed_at, workouts_listed_at)
                        values (:who, :at, :at, cast(:at as timestamptz) - interval '30 days', :at, :at, :at, :at)""")
                .bind("who", who.value())
                .bind("at", at.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private static DaysToRead askedFor(DayRange days) {
        return new DaysToRead(days, days);
    }

    private static LocalDate today(Instant now, ZoneOffset offset) {
        return LocalDate.ofInstant(now, offset);
    }

    @Test
    void anAnswerToSomebodyWhoIsNotConnectedIsTrueUntilTheyConnect() {
        assertThat(read(source, new UserId("nobody"), DayRange.of(DAY), deadline())
                        .goodUntil())
                .isEqualTo(Instant.MAX);
    }

    @Test
    void staleDataAreReportedByEachReadAndNeverKept() {
        assertThat(read(source, member("stale"), DayRange.of(DAY), deadline()).goodUntil())
                .isEqualTo(SourceAnswer.NEVER);
    }

    @Test
    void nothingIsShownBeforeTheAccountIsConfirmed() {
        UserId who = member("unconfirmed");
        hold(who, "cycle-scored", "sleep-scored");
        connections.put(
                who, new MemberConnection(null, SyncBed.START, MemberConnections.ConnectionStatus.AWAITS_CONFIRMATION));

        Measured measured = measured(read(source, who, DayRange.of(DAY), deadline()));

        assertThat(measured.dataStatus()).isEqualTo(DataStatus.ACCOUNT_UNCONFIRMED);
        assertThat(measured.days()).isEmpty();
        assertThat(measured.newest()).isNull();
        assertThat(measured.revision()).isZero();
    }

    /** A clock that a test moves. */
    private static final class MutableClock extends Clock {
        private Instant now;

        MutableClock(Instant now) {
            this.now = now;
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private static WhoopSource.Changes changesOf(Jdbi jdbi) {
        return new WhoopSource.Changes(
                new MemberNotices(new ChangeNotices("whoop", bed.dataSource, bed.clock)), new ChangeStore(jdbi));
    }

    private static long counted(Event event) {
        return bed.readings.snapshot().counts().cumulative(event);
    }

    private static StaleMembers stale(SyncRequests requests) {
        return new StaleMembers(requests::catchUp, new OnTheCallersThread());
    }

    private static UserId member(String name) {
        UserId who = new UserId(name);
        connections.put(who, new MemberConnection(1L, SyncBed.START, MemberConnections.ConnectionStatus.USABLE));
        return who;
    }

    private static void hold(UserId who, String... samples) {
        Instant now = SyncBed.START;
        for (String name : samples) {
            if (name.startsWith("cycle")) {
                bed.store.save(
                        RecordKind.CYCLE,
                        who,
                        List.of(Samples.sample(name, Cycle.class, tree -> tree.put("id", 93845))),
                        now,
                        now);
            } else if (name.startsWith("sleep")) {
                bed.store.save(
                        RecordKind.SLEEP,
                        who,
                        List.of(Samples.sample(name, Sleep.class, tree -> tree.put("cycle_id", 93845))),
                        now,
                        now);
            } else {
                bed.store.save(
                        RecordKind.RECOVERY,
                        who,
                        List.of(Samples.sample(name, Recovery.class, tree -> tree.put("cycle_id", 93845))),
                        now,
                        now);
            }
        }
    }

    private static Lineage lineage(SourceDay day, Metric metric) {
        return day.measurements().stream()
                .filter(measurement -> measurement.metric().equals(metric))
                .findFirst()
                .orElseThrow()
                .lineage();
    }

    private static Map<Metric, String> values(SourceDay day) {
        return day.measurements().stream()
                .collect(Collectors.toMap(
                        Measurement::metric, measurement -> measurement.value().toString()));
    }

    private static LocalDate today() {
        ZoneOffset offset = bed.reader
                .read(ANNA, DayRange.of(LocalDate.parse("2026-11-22")), bed.clock.instant(), deadline())
                .newest()
                .offset();
        return LocalDate.ofInstant(bed.clock.instant(), offset);
    }

    private static SourceAnswer read(WhoopSource source, UserId who, DayRange days, Deadline deadline) {
        return source.read(who, new DaysToRead(days, days), deadline);
    }

    private static Measured measured(SourceAnswer answer) {
        assertThat(answer).isInstanceOf(Measured.class);
        return (Measured) answer;
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(20));
    }

    /** So that a test sees at once what a read enqueued. */
    private static final class OnTheCallersThread extends AbstractExecutorService {

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return true;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return true;
        }
    }
}
