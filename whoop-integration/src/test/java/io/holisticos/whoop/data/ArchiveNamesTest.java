package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.Samples.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.health.UserId;
import io.holisticos.testing.TestDatabase;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.RecordReader;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What payloads are called, now and by the version before, whose names are plain hashes. */
class ArchiveNamesTest {

    private static final Instant T0 = Instant.parse("2026-10-01T10:00:00Z");
    private static final Instant LATER = T0.plusSeconds(60);
    private static final UserId ANNA = new UserId("anna");
    private static final UserId BEN = new UserId("ben");

    private static Jdbi jdbi;
    private static Vault vault;
    private static WhoopStore store;

    @BeforeAll
    static void open() {
        jdbi = Samples.pooled(TestDatabase.migratedBy("whoop-db/changelog.yaml"));
        vault = Samples.vault(jdbi);
        store = new WhoopStore(jdbi, vault);
    }

    @BeforeEach
    void empty() {
        RecordTable.all().forEach(table -> run("truncate " + table.name()));
        run("truncate whoop_archive, whoop_archive_naming");
    }

    @Test
    void whoGuessesAProfileFindsItsHashNowhere() {
        Fetched<Profile> profile = sample("profile", Profile.class);
        store.save(RecordKind.PROFILE, ANNA, List.of(profile), T0, T0);
        store.save(
                RecordKind.PROFILE,
                ANNA,
                List.of(sample("profile", Profile.class, tree -> tree.put("last_name", "B"))),
                LATER,
                LATER);

        String guess = HexFormat.of().formatHex(PayloadNames.former(profile.raw()));

        assertThat(everything()).isNotEmpty().noneMatch(row -> row.contains(guess));
        assertThat(count("whoop_profile_history")).isOne();
    }

    @Test
    void anotherVaultOfTheSameKeysKnowsThePayloadAgain() {
        Fetched<Cycle> cycle = cycle(1, "3.0");
        save(cycle, T0);

        SaveResult again =
                new WhoopStore(jdbi, Samples.vault(jdbi)).save(RecordKind.CYCLE, ANNA, List.of(cycle), LATER, LATER);

        assertThat(again).isEqualTo(SaveResult.NOTHING);
    }

    @Test
    void aRefetchOfWhatTheVersionBeforeSavedChangesNothing() {
        Fetched<Profile> profile = sample("profile", Profile.class);
        store.save(RecordKind.PROFILE, ANNA, List.of(profile), T0, T0);
        save(cycle(1, "3.0"), T0);
        asBefore();

        assertThat(store.save(RecordKind.PROFILE, ANNA, List.of(profile), LATER, LATER))
                .isEqualTo(SaveResult.NOTHING);
        assertThat(save(cycle(1, "3.0"), LATER)).isEqualTo(SaveResult.NOTHING);

        assertThat(count("whoop_profile_history")).isZero();
        assertThat(count("whoop_cycle_history")).isZero();
        assertThat(text("select cast(last_fetch_begun_at at time zone 'UTC' as text) from whoop_cycle"))
                .containsExactly("2026-10-01 10:01:00");
    }

    @Test
    void onAPageOnWhichOthersAreNewWhatTheVersionBeforeSavedIsHeld() {
        save(cycle(1, "3.0"), T0);
        save(cycle(2, "4.0"), T0);
        asBefore();
        Instant heldUpTo = Instant.parse("2026-09-16T12:30:00Z"); // 1 is held most probably, 2 came anew
        RecordBatch<Cycle> page = new RecordBatch<>(
                List.of(cycle(1, "3.0"), cycle(2, "4.0", "2026-09-16T13:00:00Z")), Set.of(), null, heldUpTo);

        SaveResult saved = store.save(RecordKind.CYCLE, ANNA, page, LATER, LATER, AccountCheck.NONE);

        assertThat(saved.changed()).isOne();
        assertThat(count("whoop_cycle_history")).isOne();
        assertThat(text("select cast(id as text) from whoop_cycle_history")).containsExactly("2");
    }

    @Test
    void whatTheVersionBeforeNamedIsRenamedMemberByMemberAndARefetchStillChangesNothing() {
        Fetched<Profile> profile = sample("profile", Profile.class);
        for (UserId who : List.of(ANNA, BEN)) {
            store.save(RecordKind.PROFILE, who, List.of(profile), T0, T0);
            store.save(RecordKind.CYCLE, who, List.of(cycle(1, "3.0")), T0, T0);
            store.save(RecordKind.CYCLE, who, List.of(cycle(1, "3.1")), LATER, LATER);
        }
        List<String> before = names();
        asBefore();
        assertThat(names()).allMatch(name -> name.length() == 64);

        renaming(LATER).round(1, () -> false); // as if killed after the first
        assertThat(names().stream().filter(name -> name.length() == 64)).hasSize(6);
        renaming(LATER).round(100, () -> true); // and stopped at once
        renaming(LATER).round(100, () -> false);

        assertThat(names()).isEqualTo(before);
        assertThat(payloads()).isEqualTo(6);
        assertThat(store.save(RecordKind.PROFILE, BEN, List.of(profile), LATER, LATER))
                .isEqualTo(SaveResult.NOTHING);
        assertThat(count("whoop_profile_history")).isZero();
        List<Rebuild.Count> rebuilt = new Rebuild(jdbi, vault, new RecordReader(Samples.MAPPER)).run(null);
        assertThat(rebuilt).allMatch(count -> count.changed() == 0 && count.unreadable() == 0);
        assertThat(rebuilt).anyMatch(count -> count.held() == 4);
    }

    @Test
    void aPayloadThatIsHeldUnderBothNamesIsHeldOnceAfterwards() {
        save(cycle(1, "3.0"), T0);
        asBefore();
        save(cycle(1, "3.0"), LATER); // fetched one by one, it counts as news at first
        assertThat(count("whoop_archive")).isEqualTo(2);

        renaming(LATER).round(100, () -> false);

        assertThat(count("whoop_archive")).isOne();
        assertThat(payloads()).isOne();
    }

    @Test
    void whatAReplicaOfTheVersionBeforeWritesAfterTheLastWalkIsFoundToo() {
        save(cycle(1, "3.0"), T0);
        renaming(LATER).round(100, () -> false);
        Instant hourLater = T0.plus(Duration.ofHours(1));
        save(cycle(2, "4.0"), hourLater);
        asBefore();

        renaming(hourLater.plusSeconds(60)).round(100, () -> false);

        assertThat(names()).allMatch(name -> name.length() == 66);
    }

    @Test
    void aRebuildReadsWhatTheVersionBeforeNamed() {
        save(cycle(1, "3.0"), T0);
        asBefore();
        run("update whoop_cycle set strain = 1");

        List<Rebuild.Count> rebuilt = new Rebuild(jdbi, vault, new RecordReader(Samples.MAPPER)).run(null);

        assertThat(rebuilt).contains(new Rebuild.Count("cycle", 1, 1, 0, 0));
        assertThat(text("select cast(strain as text) from whoop_cycle")).containsExactly("3.0");
    }

    /** All names as the version before wrote them. */
    private static void asBefore() {
        PayloadNames names = new PayloadNames(vault);
        jdbi.useHandle(handle -> handle.createQuery("select user_id, hash, payload_sealed from whoop_archive")
                .map((row, context) -> new byte[][] {
                    PayloadNames.former(
                            vault.open(new UserId(row.getString(1)), WhoopStore.Purpose.PAYLOAD, row.getBytes(3)))
                })
                .list()
                .forEach(former -> {
                    byte[] name = names.ofFormer(former[0]);
                    handle.execute("update whoop_archive set hash = ? where hash = ?", former[0], name);
                    RecordTable.all()
                            .forEach(table -> handle.execute(
                                    "update " + table.name() + " set archive_hash = ? where archive_hash = ?",
                                    former[0],
                                    name));
                }));
    }

    private static ArchiveRenaming renaming(Instant now) {
        return new ArchiveRenaming(jdbi, vault, Clock.fixed(now, ZoneOffset.UTC));
    }

    private static Fetched<Cycle> cycle(long id, String strain) {
        return cycle(id, strain, "2026-09-16T12:00:00Z");
    }

    private static Fetched<Cycle> cycle(long id, String strain, String updatedAt) {
        return sample(
                "cycle-open",
                Cycle.class,
                tree -> tree.put("id", id)
                        .put("updated_at", updatedAt)
                        .withObject("/score")
                        .put("strain", new BigDecimal(strain)));
    }

    private static SaveResult save(Fetched<Cycle> cycle, Instant at) {
        return store.save(RecordKind.CYCLE, ANNA, List.of(cycle), at, at);
    }

    /** In hexadecimal digits. */
    private static List<String> names() {
        StringBuilder sql = new StringBuilder("select user_id, encode(hash, 'hex') as name from whoop_archive");
        RecordTable.all()
                .forEach(table -> sql.append(" union all select user_id, encode(archive_hash, 'hex') from ")
                        .append(table.name()));
        return text("select name from (" + sql + ") names order by user_id, name");
    }

    /** How many rows have a payload. */
    private static int payloads() {
        AtomicInteger rows = new AtomicInteger();
        RecordTable.all()
                .forEach(table -> rows.addAndGet(Integer.parseInt(text("select cast(count(*) as text) from "
                                + table.name() + " held join whoop_archive a on a.user_id = held.user_id"
                                + " and a.hash = held.archive_hash")
                        .get(0))));
        return rows.get();
    }

    private static List<String> everything() {
        return text("select table_name from information_schema.tables where table_schema = 'public'").stream()
                .flatMap(table -> text("select cast(t as text) from " + table + " t").stream())
                .toList();
    }

    private static int count(String table) {
        return Integer.parseInt(
                text("select cast(count(*) as text) from " + table).get(0));
    }

    private static List<String> text(String sql) {
        return jdbi.withHandle(
                handle -> handle.createQuery(sql).mapTo(String.class).list());
    }

    private static void run(String sql) {
        jdbi.useHandle(handle -> handle.execute(sql));
    }
}
