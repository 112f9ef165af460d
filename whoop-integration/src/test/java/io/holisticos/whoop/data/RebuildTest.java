package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RebuildTest {

    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");
    private static final UserId ANNA = new UserId("anna");
    private static final UserId BEN = new UserId("ben");

    private Jdbi jdbi;
    private Vault vault;
    private WhoopStore store;

    @BeforeEach
    void openDatabase() {
        jdbi = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        vault = Samples.vault(jdbi);
        store = new WhoopStore(jdbi, vault);
    }

    @Test
    void whatWasDamagedComesBackByteForByteAndPayloadsStayAsTheyAre() {
        fill(ANNA);
        fill(BEN);
        Map<String, List<String>> before = everything();
        int damaged = damage();
        assertThat(everything()).isNotEqualTo(before);

        List<Rebuild.Count> counts = rebuild(null);

        assertThat(everything()).isEqualTo(before);
        assertThat(counts)
                .extracting(Rebuild.Count::kind)
                .containsExactly("cycle", "recovery", "sleep", "workout", "profile", "body_measurement");
        assertThat(counts)
                .allSatisfy(count ->
                        assertThat(count.changed()).isEqualTo(count.held()).isPositive());
        assertThat(counts.stream().mapToLong(Rebuild.Count::changed).sum()).isEqualTo(damaged);
        assertThat(counts).allMatch(count -> count.withoutPayload() == 0 && count.unreadable() == 0);
    }

    @Test
    void aSecondRunChangesNothingAndWritesNoRow() {
        fill(ANNA);
        damage();
        rebuild(null);
        Map<String, List<String>> places = places();

        List<Rebuild.Count> counts = rebuild(null);

        assertThat(counts).allMatch(count -> count.held() > 0 && count.changed() == 0);
        assertThat(places()).as("where rows lie: a row that is written moves").isEqualTo(places);
    }

    @Test
    void aScaleOfADecimalIsADifference() {
        save(ANNA, cycle(1, "2026-09-16T12:00:00Z", "3.10"));
        run("update whoop_cycle set strain = 3.1");

        rebuild(null);

        assertThat(strains("whoop_cycle")).containsExactly("3.10");
    }

    @Test
    void onlyTheMemberAskedForIsTouched() {
        fill(ANNA);
        fill(BEN);
        damage();
        Map<String, List<String>> damaged = everythingOf(BEN);

        List<Rebuild.Count> counts = rebuild(ANNA);

        assertThat(counts).allMatch(count -> count.changed() == count.held() && count.held() > 0);
        assertThat(everythingOf(BEN)).isEqualTo(damaged);
        assertThat(rebuild(null)).allMatch(count -> count.changed() * 2 == count.held());
    }

    @Test
    void rowsWithoutPayloadAreCountedAndLeftAlone() {
        fill(ANNA);
        int damaged = damage();
        run("delete from whoop_archive where collection in ('cycle', 'profile')");
        Map<String, List<String>> before = everything();

        List<Rebuild.Count> counts = rebuild(null);

        assertThat(counts.stream()
                        .mapToLong(count -> count.changed() + count.withoutPayload())
                        .sum())
                .isEqualTo(damaged);
        assertThat(counts.get(0))
                .isEqualTo(new Rebuild.Count("cycle", 0, 0, counts.get(0).rows(), 0));
        assertThat(counts.get(4).withoutPayload()).isEqualTo(counts.get(4).rows());
        for (String table : List.of("whoop_cycle", "whoop_cycle_history", "whoop_profile")) {
            assertThat(everything().get(table)).isEqualTo(before.get(table));
        }
    }

    @Test
    void payloadsThatDoNotOpenOrAreNoRecordOrAnotherOneAreCountedAndLeftAlone() {
        for (int id = 1; id <= 4; id++) {
            save(ANNA, cycle(id, "2026-09-16T12:00:00Z", "3." + id));
        }
        byte[] noRecord = vault.seal(ANNA, WhoopStore.Purpose.PAYLOAD, "{}");
        byte[] another = vault.seal(
                ANNA,
                WhoopStore.Purpose.PAYLOAD,
                cycle(9, "2026-09-16T12:00:00Z", "9.9").raw());
        putInto(1, new byte[] {1, 2, 3});
        putInto(2, noRecord);
        putInto(3, another);
        run("update whoop_cycle set strain = 1");

        List<Rebuild.Count> counts = rebuild(null);

        assertThat(counts.get(0)).isEqualTo(new Rebuild.Count("cycle", 1, 1, 0, 3));
        assertThat(strains("whoop_cycle")).containsExactly("1", "1", "1", "3.4");
    }

    @Test
    void withTheKeyOfAnotherServiceNothingIsReadAndNothingIsTouched() {
        fill(ANNA);
        damage();
        run("update member_key set wrapped_key = decode('00', 'hex')");
        Map<String, List<String>> before = everything();
        vault = Samples.vault(jdbi); // one that remembers no key

        assertThat(rebuild(null)).allMatch(count -> count.held() == 0 && count.unreadable() > 0);
        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void aVersionThatCameMeanwhileIsNotOverwritten() {
        save(ANNA, cycle(1, "2026-09-16T12:00:00Z", "3.0"));
        RecordStore rows = new RecordStore(jdbi);
        RecordTable table = RecordTable.all().get(0);
        StoredRow read = rows.after(null, table, null).get(0);
        var derived = Json.array()
                .add(RecordKind.CYCLE
                        .toRow(cycle(1, "2026-09-16T12:00:00Z", "3.0").record())
                        .put("user_id", "anna")
                        .put("archive_hash", WhoopStore.bytea(read.hash())));

        save(ANNA, cycle(1, "2026-09-16T13:00:00Z", "4.0"));

        assertThat(rows.anyDiffers(table, derived)).isFalse();
        assertThat(rows.update(table, derived, Set.of(ANNA))).isZero();
        assertThat(strains("whoop_cycle")).containsExactly("4.0");
        assertThat(strains("whoop_cycle_history")).containsExactly("3.0");
    }

    @Test
    void pagesThatComeWhileItRunsEndAsIfItDidNotRun() throws Exception {
        for (int id = 1; id <= 1_200; id++) {
            save(ANNA, cycle(id, "2026-09-16T12:00:00Z", "3.0"));
        }
        run("update whoop_cycle set strain = 1, kilojoule = null");
        var threads = Executors.newFixedThreadPool(2);
        try {
            Future<?> sync = threads.submit(() -> {
                for (int id = 1_200; id > 0; id--) {
                    save(ANNA, cycle(id, "2026-09-16T13:00:00Z", "4.0"));
                }
            });
            while (!sync.isDone()) {
                rebuild(null);
            }
            sync.get();
        } finally {
            threads.shutdownNow();
        }
        rebuild(null);

        assertThat(strains("whoop_cycle")).hasSize(1_200).containsOnly("4.0");
        assertThat(strains("whoop_cycle_history")).hasSize(1_200).containsOnly("3.0");
        assertThat(rebuild(null).get(0)).isEqualTo(new Rebuild.Count("cycle", 2_400, 0, 0, 0));
    }

    @Test
    void manyPagesAndManyVersionsOfOneRecordAreEachMetOnce() {
        for (int member = 0; member < 3; member++) {
            for (int version = 0; version < RecordStore.PAGE / 2; version++) {
                save(new UserId("m" + member), cycle(1, T0.plusSeconds(version).toString(), "3." + version));
                save(new UserId("m" + member), cycle(2 + version, "2026-09-16T12:00:00Z", "5.0"));
            }
        }
        int damaged = damage();

        Rebuild.Count cycles = rebuild(null).get(0);

        assertThat(cycles).isEqualTo(new Rebuild.Count("cycle", damaged, damaged, 0, 0));
        assertThat(damaged).isEqualTo(3 * RecordStore.PAGE);
    }

    @Test
    void deletedRecordsStayDeleted() {
        Fetched<Sleep> sleep = sample("sleep-scored", Sleep.class);
        store.save(RecordKind.SLEEP, ANNA, List.of(sleep), T0, T0);
        store.delete(RecordKind.SLEEP, ANNA, sleep.record().id().toString(), T0.plusSeconds(1), T0.plusSeconds(1));
        Map<String, List<String>> before = everything();
        damage();

        rebuild(null);

        assertThat(everything()).isEqualTo(before);
    }

    @Test
    void oneThatIsStoppedBeginsNoFurtherPage() {
        fill(ANNA);
        damage();
        Map<String, List<String>> before = everything();
        Rebuild rebuild = new Rebuild(jdbi, vault, new RecordReader(Samples.MAPPER));
        rebuild.stop();

        assertThat(rebuild.run(null)).isEmpty();
        assertThat(everything()).isEqualTo(before);
    }

    private List<Rebuild.Count> rebuild(@Nullable UserId only) {
        return new Rebuild(jdbi, vault, new RecordReader(Samples.MAPPER)).run(only);
    }

    /** Every sample of every kind, and a replaced version of each. */
    private void fill(UserId who) {
        for (String name : List.of("scored", "scored-with-steps", "open", "pending", "unscorable")) {
            twice(RecordKind.CYCLE, who, "cycle-" + name, Cycle.class);
        }
        for (String name : List.of("scored", "pending", "calibrating-old-strap")) {
            twice(RecordKind.RECOVERY, who, "recovery-" + name, Recovery.class);
        }
        for (String name : List.of("scored", "nap", "pending")) {
            twice(RecordKind.SLEEP, who, "sleep-" + name, Sleep.class);
        }
        for (String name : List.of("scored", "no-gps-strength-trainer")) {
            twice(RecordKind.WORKOUT, who, "workout-" + name, Workout.class);
        }
        Fetched<Profile> renamed = sample("profile", Profile.class, tree -> tree.put("first_name", "Renamed"));
        store.save(RecordKind.PROFILE, who, List.of(sample("profile", Profile.class)), T0, T0);
        store.save(RecordKind.PROFILE, who, List.of(renamed), T0.plusSeconds(1), T0.plusSeconds(1));
        Fetched<BodyMeasurement> lighter =
                sample("body-measurement", BodyMeasurement.class, tree -> tree.put("weight_kilogram", 80));
        RecordKind<BodyMeasurement> body = RecordKind.BODY_MEASUREMENT;
        store.save(body, who, List.of(sample("body-measurement", BodyMeasurement.class)), T0, T0);
        store.save(body, who, List.of(lighter), T0.plusSeconds(1), T0.plusSeconds(1));
    }

    private <T> void twice(RecordKind<T> kind, UserId who, String name, Class<T> type) {
        String id = kind.ownKey();
        boolean uuid = kind.ownKeyType().equals("uuid");
        for (String updatedAt : List.of("2026-09-30T12:00:00Z", "2026-09-30T13:00:00Z")) {
            Fetched<T> version = sample(name, type, tree -> {
                tree.put("updated_at", updatedAt);
                if (uuid) {
                    tree.put(id, new UUID(7, name.hashCode()).toString());
                } else {
                    tree.put(id, Math.abs(name.hashCode()));
                }
            });
            store.save(kind, who, List.of(version), T0, T0);
        }
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

    private void save(UserId who, Fetched<Cycle> cycle) {
        store.save(RecordKind.CYCLE, who, List.of(cycle), T0, T0);
    }

    /** Spoils every column that comes from a payload, but for the key. Returns how many rows that were. */
    private int damage() {
        int rows = 0;
        for (RecordTable table : RecordTable.all()) {
            List<String> columns = new ArrayList<>(table.kind().columnNames());
            columns.remove(table.kind().ownKey());
            Map<String, String> types = typesOf(table.name());
            String set = columns.stream()
                    .map(column -> column + " = " + spoiled(types.get(column)))
                    .reduce((a, b) -> a + ", " + b)
                    .orElseThrow();
            rows += run("update " + table.name() + " set " + set);
        }
        return rows;
    }

    private static String spoiled(String type) {
        return switch (type) {
            case "bigint", "integer", "numeric" -> "-77";
            case "text" -> "'spoiled'";
            case "boolean" -> "null is null";
            case "uuid" -> "'00000000-0000-0000-0000-00000000dead'";
            case "bytea" -> "'\\xdead'";
            case "timestamp with time zone" -> "'1999-01-01T00:00:00Z'";
            default -> throw new IllegalArgumentException(type);
        };
    }

    private Map<String, String> typesOf(String table) {
        Map<String, String> types = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery(
                        "select column_name, data_type from information_schema.columns where table_name = :table")
                .bind("table", table)
                .map((row, context) -> types.put(row.getString(1), row.getString(2)))
                .list());
        return types;
    }

    private void putInto(long cycle, byte[] payload) {
        jdbi.useHandle(handle -> handle.createUpdate("""
            update whoop_archive set payload_sealed = :payload
            where hash = (select archive_hash from whoop_cycle where id = :id)\
            """)
                .bind("payload", payload)
                .bind("id", cycle)
                .execute());
    }

    /** All rows of all tables of records, as text, the archive too. */
    private Map<String, List<String>> everything() {
        return everything("true", "");
    }

    private Map<String, List<String>> everythingOf(UserId who) {
        return everything("user_id = '" + who.value() + "'", "");
    }

    private Map<String, List<String>> places() {
        return everything("true", "ctid, ");
    }

    private Map<String, List<String>> everything(String where, String place) {
        Map<String, List<String>> rows = new TreeMap<>();
        List<String> tables = new ArrayList<>(List.of("whoop_archive"));
        RecordTable.all().forEach(table -> tables.add(table.name()));
        for (String table : tables) {
            // sealed anew, a name differs in its bytes and not in what it says
            String text = table.startsWith("whoop_profile") && place.isEmpty()
                    ? "cast(jsonb_strip_nulls(to_jsonb(t)) - array['email_sealed', 'first_name_sealed',"
                            + " 'last_name_sealed'] as text)"
                    : "cast(row(" + place + "t.*) as text)";
            rows.put(
                    table,
                    jdbi.withHandle(handle -> handle.createQuery(
                                    "select " + text + " from " + table + " t where " + where + " order by 1")
                            .mapTo(String.class)
                            .list()));
            if (table.startsWith("whoop_profile") && place.isEmpty()) {
                rows.put(table + " opened", opened(table, where));
            }
        }
        return rows;
    }

    private List<String> opened(String table, String where) {
        return jdbi.withHandle(handle -> handle.createQuery("select user_id, email_sealed, first_name_sealed from "
                        + table + " where " + where + " order by 1")
                .map((row, context) -> opened(new UserId(row.getString(1)), row.getBytes(2), WhoopStore.Purpose.EMAIL)
                        + opened(new UserId(row.getString(1)), row.getBytes(3), WhoopStore.Purpose.FIRST_NAME))
                .list());
    }

    private String opened(UserId who, byte[] sealed, String purpose) {
        try {
            return vault.openText(who, purpose, sealed);
        } catch (Vault.Unreadable e) {
            return "unreadable";
        }
    }

    private List<String> strains(String table) {
        return jdbi.withHandle(
                handle -> handle.createQuery("select cast(strain as text) from " + table + " order by user_id, id")
                        .mapTo(String.class)
                        .list());
    }

    private int run(String sql) {
        return jdbi.withHandle(handle -> handle.createUpdate(sql).execute());
    }
}
