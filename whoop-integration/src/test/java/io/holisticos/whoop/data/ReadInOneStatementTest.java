package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a reading costs: one statement, and no more of it the longer a member is with us. */
class ReadInOneStatementTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final LocalDate TODAY = LocalDate.parse("2026-11-22");
    private static final int DAYS = 1_000;

    private static final List<StatementContext> STATEMENTS = new ArrayList<>();

    private static Jdbi jdbi;
    private static WhoopStore store;
    private static WhoopDayStore reader;

    @BeforeAll
    static void openDatabase() {
        jdbi = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        store = new WhoopStore(jdbi, Samples.vault(jdbi));
        reader = new WhoopDayStore(jdbi, Samples.vault(jdbi));
        for (int days : List.of(30, 365, DAYS)) {
            hold(member(days), days);
        }
        connect("unconfirmed", "awaiting_confirmation");
        hold(new UserId("unconfirmed"), 30);
        hold(new UserId("unconnected"), 30);
        jdbi.setSqlLogger(new SqlLogger() {
            @Override
            public void logAfterExecution(StatementContext context) {
                STATEMENTS.add(context);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"days-30", "unconfirmed", "unconnected", "nobody"})
    void aReadingIsOneStatement(String who) {
        STATEMENTS.clear();

        read(new UserId(who), DayRange.of(TODAY));

        assertThat(STATEMENTS).hasSize(1);
    }

    @Test
    void recordsAreReadOfThoseAloneWhoseConnectionLetsThemBeShown() {
        HeldMember shown = read(member(30), DayRange.of(TODAY));
        HeldMember unconfirmed = read(new UserId("unconfirmed"), DayRange.of(TODAY));
        HeldMember unconnected = read(new UserId("unconnected"), DayRange.of(TODAY));

        assertThat(shown.records().cycles()).isNotEmpty();
        assertThat(shown.records().newest()).isNotNull();
        assertThat(shown.connection())
                .isEqualTo(new HeldMember.HeldConnection(
                        "active", (long) member(30).hashCode(), NOW));
        assertThat(unconfirmed.records().cycles()).isEmpty();
        assertThat(unconfirmed.records().newest()).isNull();
        assertThat(unconfirmed.connection()).isNotNull();
        assertThat(unconnected.records().cycles()).isEmpty();
        assertThat(unconnected.connection()).isNull();
        assertThat(reader.read(new UserId("unconnected"), DayRange.of(TODAY), NOW, deadline())
                        .cycles())
                .as("who asks for what is held is told")
                .isNotEmpty();
    }

    /** Statistics come and go: a plan must be as good without them, and when it is made for anybody. */
    @Test
    void aReadingCostsTheSameForAMemberOf30Of365AndOf1000Days() throws SQLException {
        Map<String, List<Long>> buffers = new TreeMap<>();
        for (String statistics : List.of("none", "analyzed")) {
            for (String plan : List.of("force_custom_plan", "force_generic_plan")) {
                List<Long> ofMembers = new ArrayList<>();
                for (int days : List.of(30, 365, DAYS)) {
                    ofMembers.add(buffers(member(days), plan));
                }
                buffers.put(statistics + " " + plan, ofMembers);
                assertThat(buffers(new UserId("unconfirmed"), plan)).isLessThan(30);
                assertThat(buffers(new UserId("unconnected"), plan)).isLessThan(30);
            }
            jdbi.useHandle(handle -> handle.execute("analyze"));
        }
        assertThat(buffers.values())
                .allSatisfy(ofMembers -> assertThat(ofMembers.get(2) - ofMembers.get(0))
                        .as("a level of an index more, at most: %s", buffers)
                        .isLessThan(10));
    }

    @Test
    void recordsComeBackTheSameHoweverTheDriverReadsThem() {
        UserId who = new UserId("binary");
        connect("binary", "active");
        List<BigDecimal> strains = new ArrayList<>();
        List<Fetched<Cycle>> cycles = new ArrayList<>();
        for (String strain :
                List.of("0", "0.0", "100", "20.05", "0.000", "12345.678901234567890", "-3.10", "1000000")) {
            strains.add(new BigDecimal(strain));
            cycles.add(cycle(cycles.size(), TODAY.minusDays(cycles.size()), new BigDecimal(strain)));
        }
        store.save(RecordKind.CYCLE, who, cycles, NOW, NOW);

        for (int i = 0; i < 12; i++) { // the driver changes to binary values with the fifth
            HeldRecords held =
                    read(who, new DayRange(TODAY.minusDays(20), TODAY)).records();
            assertThat(held.cycles())
                    .containsExactlyInAnyOrderElementsOf(
                            cycles.stream().map(Fetched::record).toList());
            assertThat(held.recordedTimes().of(cycles.get(0).record())).isEqualTo(NOW);
        }
        assertThat(strains).hasSize(8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "start_at = '-infinity'",
                "recorded_at = 'infinity'",
                "timezone_offset = 'nowhere'",
                "strain = 'NaN'",
                "score_state = ''",
                "kilojoule = null",
                "end_at = start_at - interval '1 hour'"
            })
    void aRowThatFormsNoRecordIsLeftOut(String change) {
        UserId who = new UserId("odd " + change);
        connect(who.value(), "active");
        store.save(RecordKind.CYCLE, who, List.of(cycle(1, TODAY, BigDecimal.ONE)), NOW, NOW);
        store.save(RecordKind.SLEEP, who, List.of(sleep(1, TODAY)), NOW, NOW);
        jdbi.useHandle(
                handle -> handle.execute("update whoop_cycle set " + change + " where user_id = ?", who.value()));

        HeldRecords held = read(who, DayRange.of(TODAY)).records();

        assertThat(held.cycles()).isEmpty();
        assertThat(held.sleeps()).hasSize(1);
    }

    @Test
    void anotherObservationIsTheNewestWhenOneThatIsDatedLaterBeginsOrEnds() {
        UserId who = new UserId("to come");
        connect("to come", "active");
        store.save(RecordKind.CYCLE, who, List.of(cycle(1, TODAY, BigDecimal.ONE)), NOW, NOW);
        assertThat(read(who, DayRange.of(TODAY)).changesAt()).isNull();

        Fetched<Workout> workout = sample(
                "workout-scored",
                Workout.class,
                tree -> tree.put("start", NOW.plusSeconds(7200).toString())
                        .put("end", NOW.plusSeconds(9000).toString()));
        store.save(RecordKind.WORKOUT, who, List.of(workout), NOW, NOW);
        assertThat(read(who, DayRange.of(TODAY)).changesAt()).isEqualTo(NOW.plusSeconds(7200));

        Fetched<Sleep> nap = sample(
                "sleep-nap",
                Sleep.class,
                tree -> tree.put("start", NOW.minusSeconds(600).toString())
                        .put("end", NOW.plusSeconds(3600).toString()));
        store.save(RecordKind.SLEEP, who, List.of(nap), NOW, NOW);
        assertThat(read(who, DayRange.of(TODAY)).changesAt()).isEqualTo(NOW.plusSeconds(3600));

        HeldMember during = readAt(who, NOW.plusSeconds(7260));
        assertThat(during.changesAt()).as("the workout goes on").isEqualTo(NOW.plusSeconds(7260));
        assertThat(during.records().newest().at()).isEqualTo(NOW.plusSeconds(7260));
        assertThat(readAt(who, NOW.plusSeconds(9000)).changesAt())
                .as("it is over")
                .isNull();
        assertThat(readAt(who, NOW.plusSeconds(9000)).records().newest().at()).isEqualTo(NOW.plusSeconds(9000));
    }

    private static long buffers(UserId who, String plan) throws SQLException {
        STATEMENTS.clear();
        read(who, DayRange.of(TODAY));
        StatementContext read = STATEMENTS.get(0);
        AtomicReference<String> explained = new AtomicReference<>("");
        jdbi.useTransaction(handle -> {
            handle.execute("set local plan_cache_mode = " + plan);
            String sql = "explain (analyze, buffers, costs off, timing off, summary off) "
                    + read.getParsedSql().getSql();
            for (int i = 0; i < 2; i++) { // the first one may read what was never read before
                try (PreparedStatement statement = handle.getConnection().prepareStatement(sql)) {
                    int place = 1;
                    for (String parameter : read.getParsedSql().getParameters().getParameterNames()) {
                        statement.setObject(place++, valueOf(parameter, who));
                    }
                    var rows = statement.executeQuery();
                    StringBuilder text = new StringBuilder();
                    while (rows.next()) {
                        text.append(rows.getString(1)).append('\n');
                    }
                    explained.set(text.toString());
                }
            }
        });
        String text = explained.get();
        assertThat(text).doesNotContainPattern("Seq Scan on whoop_(cycle|recovery|sleep|workout)");
        Matcher shared =
                Pattern.compile("Buffers: shared hit=(\\d+)(?: read=(\\d+))?").matcher(text);
        assertThat(shared.find()).as(text).isTrue();
        return Long.parseLong(shared.group(1)) + (shared.group(2) == null ? 0 : Long.parseLong(shared.group(2)));
    }

    private static Object valueOf(String parameter, UserId who) {
        return switch (parameter) {
            case "who" -> who.value();
            case "connected" -> true;
            case "since" -> TODAY.minusDays(2).atStartOfDay().atOffset(ZoneOffset.UTC);
            case "until" -> TODAY.plusDays(3).atStartOfDay().atOffset(ZoneOffset.UTC);
            case "reach" -> "PT36H";
            case "now" -> NOW.atOffset(ZoneOffset.UTC);
            default -> throw new IllegalArgumentException(parameter);
        };
    }

    private static UserId member(int days) {
        return new UserId("days-" + days);
    }

    private static void hold(UserId who, int days) {
        if (who.value().startsWith("days")) {
            connect(who.value(), "active");
        }
        List<Fetched<Cycle>> cycles = new ArrayList<>();
        List<Fetched<Sleep>> sleeps = new ArrayList<>();
        List<Fetched<Recovery>> recoveries = new ArrayList<>();
        List<Fetched<Workout>> workouts = new ArrayList<>();
        for (int i = 0; i < days; i++) {
            LocalDate day = TODAY.minusDays(i);
            int number = i;
            cycles.add(cycle(i, day, BigDecimal.TEN));
            sleeps.add(sleep(i, day));
            recoveries.add(sample(
                    "recovery-scored",
                    Recovery.class,
                    tree -> tree.put("cycle_id", number).put("sleep_id", new UUID(0, number).toString())));
            workouts.add(sample(
                    "workout-scored",
                    Workout.class,
                    tree -> tree.put("id", new UUID(1, number).toString())
                            .put("start", day + "T08:00:00Z")
                            .put("end", day + "T09:00:00Z")));
        }
        store.save(RecordKind.CYCLE, who, cycles, NOW, NOW);
        store.save(RecordKind.SLEEP, who, sleeps, NOW, NOW);
        store.save(RecordKind.RECOVERY, who, recoveries, NOW, NOW);
        store.save(RecordKind.WORKOUT, who, workouts, NOW, NOW);
    }

    private static Fetched<Cycle> cycle(int number, LocalDate day, BigDecimal strain) {
        return sample(
                "cycle-scored",
                Cycle.class,
                tree -> tree.put("id", number)
                        .put("start", day.minusDays(1) + "T22:00:00Z")
                        .put("end", day + "T22:00:00Z")
                        .withObject("/score")
                        .put("strain", strain));
    }

    private static Fetched<Sleep> sleep(int number, LocalDate day) {
        return sample(
                "sleep-scored",
                Sleep.class,
                tree -> tree.put("id", new UUID(0, number).toString())
                        .put("cycle_id", number)
                        .put("start", day.minusDays(1) + "T22:00:00Z")
                        .put("end", day + "T06:00:00Z"));
    }

    private static void connect(String who, String state) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into whoop_connection (user_id, whoop_user_id, state, scopes, access_token, refresh_token,
                            access_expires_at, token_version, connected_at, recorded_at)
                        values (:who, :account, :state, '', 'a', 'b', :now, 1, :now, :now)""")
                .bind("who", who)
                .bind("account", (long) new UserId(who).hashCode())
                .bind("state", state)
                .bind("now", NOW.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private static HeldMember read(UserId who, DayRange days) {
        return reader.readConnected(who, days, NOW, deadline());
    }

    private static HeldMember readAt(UserId who, Instant now) {
        return reader.readConnected(who, DayRange.of(TODAY), now, deadline());
    }

    private static Deadline deadline() {
        return Deadline.after(Duration.ofSeconds(20));
    }
}
