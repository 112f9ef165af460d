package io.holisticos.sahha.data;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.jackson.Jackson;
import io.holisticos.health.MemberListener;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.MemberNotices;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.RecordDecoder;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.testing.TestDatabase;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever can alter an answer about a member is told, whoever does it, and nothing else is. */
class MemberChangesTest {

    private static final Instant NOW = Instant.parse("2025-07-12T10:00:00Z");
    private static final UserId ANNA = new UserId("anna");
    private static final UserId BEN = new UserId("ben");
    private static final Set<String> OURS = Set.of("whoop");
    private static final ObjectMapper MAPPER =
            Jackson.newObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static TestDatabase database;
    private static Jdbi jdbi;

    private final RecordDecoder decoder = new RecordDecoder(new MetricRegistry());
    private final List<String> toldHere = new ArrayList<>();
    private final SahhaStores stores = SahhaStores.in(jdbi, MAPPER, who -> toldHere.add(who.value()));

    @BeforeAll
    static void openDatabase() {
        database = SahhaTables.emptied();
        jdbi = database.jdbi();
    }

    @BeforeEach
    void somethingOfAnna() {
        jdbi.useHandle(handle -> {
            handle.execute(
                    "truncate scores, biomarkers, archetypes, sahha_refresh, sahha_profile_check, sahha_data_log,"
                            + " sahha_revision, sahha_day_change, sahha_inbox");
            handle.execute("insert into profiles (id) values ('anna'), ('ben') on conflict do nothing");
            for (String insert : INSERTS) {
                handle.execute(insert);
            }
            handle.execute("truncate change_notice");
        });
    }

    private static final List<String> INSERTS = List.of(
            "insert into scores (id, profile_id, type, score, score_date_time, day) values"
                    + " (md5('s')::uuid, 'anna', 'sleep', 0.5, '2025-07-10T00:00:00Z', '2025-07-10')",
            "insert into biomarkers (id, profile_id, category, type, data, start_date_time, created_at, updated_at, day)"
                    + " values (md5('b')::uuid, 'anna', 'activity', 'steps', '{\"value\":\"1\",\"note\":1}',"
                    + " '2025-07-10T00:00:00Z', '2025-07-10T00:00:00Z', '2025-07-10T00:00:00Z', '2025-07-10')",
            "insert into archetypes (id, profile_id, name, periodicity, value, start_date_time, day)"
                    + " values (md5('a')::uuid, 'anna', 'sleeper', 'weekly', 'x', '2025-07-10T00:00:00Z', '2025-07-10')",
            "insert into sahha_refresh values ('anna', 'scores', 'recent', '2025-07-11T00:00:00Z')",
            "insert into sahha_refresh values ('anna', 'archetypes', 'recent', '2025-07-11T00:00:00Z')",
            "insert into sahha_profile_check values ('anna', true, '2025-07-11T00:00:00Z')",
            "insert into sahha_data_log values ('anna', '2025-07-10', '2025-07-10', 'activity', 'steps', 'whoop',"
                    + " '2025-07-10T00:00:00Z', '2025-07-10T01:00:00Z', '2025-07-10T01:00:00Z')",
            "insert into sahha_revision values ('anna', 7) on conflict (profile_id) do update set revision = 7");

    static Stream<String> edits() {
        List<String> edits = new ArrayList<>(INSERTS.stream()
                .map(insert -> insert.replace("'anna'", "'ben'").replaceAll("md5\\('(.)'\\)", "md5('$1 of ben')"))
                .toList());
        edits.add("update scores set score = 0.6");
        edits.add("update scores set state = 'high'");
        edits.add("update biomarkers set data = '{\"value\":\"1\",\"note\":2}'"); // only shown by the existing paths
        edits.add("update biomarkers set updated_at = '2025-07-12T00:00:00Z'");
        edits.add("update archetypes set value = 'y'");
        edits.add("update sahha_refresh set refreshed_at = '2025-07-12T00:00:00Z' where kind = 'scores'");
        edits.add("update sahha_refresh set refreshed_at = '2025-07-10T00:00:00Z' where kind = 'archetypes'");
        edits.add("update sahha_profile_check set device_utc_offset_seconds = 3600");
        edits.add("update sahha_data_log set source = 'x'");
        edits.add("update sahha_revision set revision = 8");
        for (String table : List.of(
                "scores",
                "biomarkers",
                "archetypes",
                "sahha_refresh",
                "sahha_profile_check",
                "sahha_data_log",
                "sahha_revision")) {
            edits.add("delete from " + table);
        }
        return edits.stream();
    }

    @ParameterizedTest
    @MethodSource("edits")
    void anEditByHandTellsOfItsMemberOnce(String edit) {
        jdbi.useHandle(handle -> handle.execute(edit));

        assertThat(told()).containsExactly(edit.contains("'ben'") ? "ben" : "anna");
    }

    @ParameterizedTest
    @MethodSource("edits")
    void anEditThatIsTakenBackTellsNothing(String edit) {
        jdbi.useTransaction(handle -> {
            handle.execute(edit);
            handle.rollback();
        });

        assertThat(told()).isEmpty();
    }

    @Test
    void aRowThatMovesToAnotherMemberTellsOfBoth() {
        jdbi.useHandle(handle -> handle.execute("update sahha_refresh set profile_id = 'ben' where kind = 'scores'"));

        assertThat(told()).containsExactlyInAnyOrder("anna", "ben");
    }

    static Stream<String> editsOfNothing() {
        return Stream.of(
                "update scores set score = score",
                "update biomarkers set data = data where profile_id = 'nobody'",
                "update sahha_refresh set refreshed_at = least(refreshed_at, '2025-07-12T00:00:00Z')",
                "delete from archetypes where profile_id = 'nobody'");
    }

    @ParameterizedTest
    @MethodSource("editsOfNothing")
    void anEditThatChangesNothingTellsNothing(String edit) {
        jdbi.useHandle(
                handle -> handle.execute(edit.replace("set score = score", "set score = score where score > 1")));

        assertThat(told()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("tables")
    void aTruncationTellsOfEverybodyOnce(String table) {
        jdbi.useHandle(handle -> handle.execute("truncate " + table));

        assertThat(told()).contains("").hasSizeLessThanOrEqualTo(2); // those who had rows, and all
    }

    static Stream<String> tables() {
        return Stream.of(
                "scores",
                "biomarkers",
                "archetypes",
                "sahha_refresh",
                "sahha_profile_check",
                "sahha_data_log",
                "sahha_revision");
    }

    @Test
    void whoeverChangesMoreThanAHundredMembersTellsOfAllAtOnce() {
        jdbi.useHandle(handle -> handle.execute("insert into sahha_profile_check"
                + " select 'member-' || i, true, '2025-07-11T00:00:00Z' from generate_series(1, 101) i"));

        assertThat(told()).containsExactly("");
    }

    @Test
    void aTransactionOfManyStatementsTellsOfItsMemberOnce() {
        jdbi.useTransaction(handle ->
                IntStream.range(0, 20).forEach(i -> handle.execute("update scores set score = 0." + (100 + i))));

        assertThat(told()).containsExactly("anna");
    }

    @Test
    void theTransactionAfterwardsTellsAgain() {
        jdbi.useHandle(handle -> {
            handle.execute("update scores set score = 0.6");
            handle.execute("update scores set score = 0.7");
        });

        assertThat(told()).containsExactly("anna", "anna");
    }

    @Test
    void whatASavepointTookBackIsToldWhenItIsDoneAgain() {
        jdbi.useTransaction(handle -> {
            handle.savepoint("before");
            handle.execute("update scores set score = 0.6");
            handle.rollbackToSavepoint("before");
            handle.execute("update scores set score = 0.7");
        });

        assertThat(told()).containsExactly("anna");
    }

    @Test
    void aFetchIsToldOnceAndBeforeItIsAcknowledged() {
        fetchSteps("8000");

        assertThat(told()).containsExactly("anna");
        assertThat(toldHere).containsExactly("anna");
    }

    @Test
    void aFetchThatBringsNothingNewIsToldForItsMark() {
        fetchSteps("8000");
        jdbi.useHandle(handle -> handle.execute("truncate change_notice"));

        stores.rows().save(SahhaKind.BIOMARKERS, ANNA, "recent", List.of(), NOW.plusSeconds(1), NOW.plusSeconds(1));

        assertThat(told()).containsExactly("anna");
    }

    @Test
    void anEventIsToldWhenItMakesAMarkStaleAndNotAgain() {
        Instant later = NOW.plus(Duration.ofDays(1));
        deliver(1, later, new SahhaEvent("ScoreCreatedIntegrationEvent", ANNA, SahhaKind.SCORES));
        assertThat(told()).isEmpty(); // it was stale before

        jdbi.useHandle(handle ->
                handle.execute("update sahha_refresh set refreshed_at = ? where kind = 'scores'", later.atOffset(UTC)));
        jdbi.useHandle(handle -> handle.execute("truncate change_notice"));
        deliver(2, later, new SahhaEvent("ScoreCreatedIntegrationEvent", ANNA, SahhaKind.SCORES));
        deliver(3, later, new SahhaEvent("ScoreCreatedIntegrationEvent", ANNA, SahhaKind.SCORES));

        assertThat(told()).containsExactly("anna");
        assertThat(toldHere).contains("anna");
    }

    @Test
    void aLogIsToldWhenItSaysSomethingOfADay() {
        deliver(1, NOW, logged("com.example.other", "steps"));
        assertThat(told()).isEmpty();

        deliver(2, NOW, logged("whoop", "heart_rate"));
        assertThat(told()).containsExactly("anna");
    }

    @Test
    void logsThatArePrunedAreToldWhenTheySaidSomething() {
        deliver(1, NOW, logged("com.example.other", "steps"));
        jdbi.useHandle(handle -> handle.execute("delete from sahha_data_log where source = 'whoop'"));
        jdbi.useHandle(handle -> handle.execute("truncate change_notice"));

        stores.logs().prune(LocalDate.of(2025, 8, 1), OURS);

        assertThat(told()).isEmpty();
    }

    @Test
    void checksOfAProfileAreTold() {
        stores.profiles().saveKnown(BEN, NOW);
        stores.profiles().saveDevice(BEN, UTC, NOW);
        stores.profiles().delete(BEN);

        assertThat(told()).containsExactly("ben", "ben", "ben");
        assertThat(toldHere).containsExactly("ben", "ben", "ben");
    }

    @Test
    void theFormerServicesRoleTellsWithoutAnyRightsOnOurTables() {
        jdbi.useHandle(handle -> {
            handle.execute("drop role if exists former_teller");
            handle.execute("create role former_teller");
            handle.execute("grant select, update on scores to former_teller");
        });

        jdbi.useTransaction(handle -> {
            handle.execute("set local role former_teller");
            handle.execute("update scores set score = 0.9");
        });

        jdbi.useHandle(handle -> {
            handle.execute("revoke all on scores from former_teller");
            handle.execute("drop role former_teller");
        });
        assertThat(told()).containsExactly("anna");
    }

    @Test
    void everyReplicaHearsOfAnEditByHand() throws Exception {
        ChangeNotices notices = new ChangeNotices("test", database.dataSource(), Clock.fixed(NOW, UTC));
        List<String> heard = new CopyOnWriteArrayList<>();
        new MemberNotices(notices).tell(new MemberListener() {
            @Override
            public void changed(UserId who) {
                heard.add(who.value());
            }

            @Override
            public void anybodyChanged() {
                heard.add("*");
            }
        });
        notices.start();
        try {
            within(Duration.ofSeconds(20), notices::areListenedTo);

            jdbi.useHandle(handle -> handle.execute("update scores set score = 0.9"));

            within(Duration.ofSeconds(2), () -> heard.contains("anna"));
        } finally {
            notices.stop();
        }
    }

    private static List<String> told() {
        return jdbi.withHandle(
                handle -> handle.createQuery("select key from change_notice where topic = 'member' order by sequence")
                        .mapTo(String.class)
                        .list());
    }

    private void deliver(int body, Instant now, SahhaEvent event) {
        SahhaInboxStore.Delivery delivery =
                new SahhaInboxStore.Delivery(now, Duration.ofSeconds(10), Duration.ofMinutes(10), OURS);
        assertThat(stores.inbox().save(new byte[] {(byte) body}, List.of(event), delivery))
                .isEqualTo(1);
    }

    private static SahhaEvent logged(String source, String type) {
        LocalDate day = LocalDate.of(2025, 7, 11);
        Instant start = day.atStartOfDay().toInstant(UTC);
        SahhaDataLog log = new SahhaDataLog("activity", type, source, day, day, start, start.plusSeconds(60));
        return new SahhaEvent("DataLogReceivedIntegrationEvent", ANNA, null, List.of(log));
    }

    private void fetchSteps(String value) {
        String records = """
                [{"id":"a","category":"activity","type":"steps","periodicity":"daily","aggregation":"total","value":"%s",
                  "unit":"count","valueType":"integer","startDateTime":"2025-07-11T00:00:00+00:00",
                  "endDateTime":"2025-07-11T23:59:59+00:00"}]""".formatted(value);
        try {
            stores.rows()
                    .save(
                            SahhaKind.BIOMARKERS,
                            ANNA,
                            "recent",
                            decoder.decode(SahhaKind.BIOMARKERS, MAPPER.readTree(records)),
                            NOW,
                            NOW);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static void within(Duration longest, BooleanSupplier holds) {
        long end = System.nanoTime() + longest.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + longest).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
