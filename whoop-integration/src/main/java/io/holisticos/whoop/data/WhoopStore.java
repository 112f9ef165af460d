package io.holisticos.whoop.data;

import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.data.PageStore.Arrival;
import io.holisticos.whoop.data.PageStore.Version;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * Writes what WHOOP told us: tables {@code whoop_cycle} and its siblings, their histories, {@code whoop_tombstone} and
 * {@code whoop_archive}. Records may arrive in any order and any number of times: the end is the same. Thread-safe, also
 * across processes: writes for one member take turns.
 */
public final class WhoopStore {

    private static final String PAYLOAD =
            "select payload_sealed from whoop_archive where user_id = :who and hash = :hash";
    private static final String PURGE = "delete from whoop_archive where recorded_at < :before";
    private static final String PURGE_ABSENCES = "delete from whoop_absence where recorded_at < :before";
    private static final String BURY = """
            insert into whoop_tombstone as held (user_id, collection, id, deleted_at, recorded_at)
            values (:who, :collection, :id, :deletedAt, :now)
            on conflict (user_id, collection, id)
            do update set deleted_at = excluded.deleted_at, recorded_at = excluded.recorded_at
            where held.deleted_at < excluded.deleted_at""";
    private static final String ACCOUNT = "whoop_user_id";
    private static final String FORMER = """
            select whoop_user_id from (
                select whoop_user_id from whoop_profile where user_id = :who
                union all
                select whoop_user_id from whoop_cycle where user_id = :who
                union all
                select whoop_user_id from whoop_recovery where user_id = :who
                union all
                select whoop_user_id from whoop_sleep where user_id = :who
                union all
                select whoop_user_id from whoop_workout where user_id = :who) held
            where whoop_user_id is distinct from :account
            limit 1""";
    private static final String RETIRE = """
            with gone as (
                delete from {table} where user_id = :who {others} returning *
            )
            insert into {table}_history ({into}, replaced_at) select {columns}, :now from gone""";
    private static final String FORGET_ABSENCES = "delete from whoop_absence where user_id = :who";
    private static final String DELETE = """
            update {table} set deleted_at = :deletedAt
            where user_id = :who and {key} = cast(:id as {type}) and last_fetch_begun_at <= :deletedAt
              and (deleted_at is null or deleted_at < :deletedAt)""";

    private final Jdbi jdbi;
    private final Vault vault;
    private final Derivation derivation;
    private final PageStore pages;
    private final CoverageStore ledger;

    public WhoopStore(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.vault = vault;
        this.derivation = new Derivation(vault);
        this.pages = new PageStore(jdbi, vault);
        this.ledger = new CoverageStore(jdbi);
    }

    /** What things are sealed for: needed again to open them. */
    static final class Purpose {
        static final String PAYLOAD = "whoop.payload";
        static final String EMAIL = "whoop.email";
        static final String FIRST_NAME = "whoop.first_name";
        static final String LAST_NAME = "whoop.last_name";

        private Purpose() {}
    }

    /**
     * Saves records of one kind in one transaction.
     *
     * @param fetchBegunAt when the call that brought them was begun
     */
    public <T> Saved save(RecordKind<T> kind, UserId who, List<Fetched<T>> records, Instant fetchBegunAt, Instant now) {
        return save(kind, who, Listed.byId(records), fetchBegunAt, now);
    }

    /**
     * Saves what came together, and in the same transaction what it proves: which moments are covered now, and which held
     * records should have been there and were not.
     *
     * @param fetchBegunAt when the call that brought them was begun
     */
    public <T> Saved save(RecordKind<T> kind, UserId who, Listed<T> listed, Instant fetchBegunAt, Instant now) {
        return save(kind, who, listed, fetchBegunAt, now, Condition.NONE);
    }

    /**
     * Saves what came together, if it may be kept.
     *
     * @throws AnotherAccount when the condition is not met; nothing is kept then
     */
    public <T> Saved save(
            RecordKind<T> kind, UserId who, Listed<T> listed, Instant fetchBegunAt, Instant now, Condition condition) {
        List<Version> versions = listed.records().stream()
                .map(fetched -> derivation.version(kind, who, fetched))
                .toList();
        return pages.save(new Arrival(kind, who, listed, micros(fetchBegunAt), micros(now), condition), versions);
    }

    /**
     * Notes that WHOOP deleted a record, held or not. It yields only to a fetch begun after it. A deleted sleep takes its
     * recovery with it.
     *
     * @param id the record's; of a recovery, the id of its sleep
     */
    public void delete(RecordKind<?> kind, UserId who, String id, Instant deletedAt, Instant now) {
        if (kind.tombstoneKey() == null) {
            throw new IllegalArgumentException("WHOOP deletes no " + kind);
        }
        OffsetDateTime moment = micros(deletedAt);
        jdbi.useTransaction(handle -> {
            takeTurn(handle, who);
            handle.createUpdate(BURY)
                    .bind("who", who.value())
                    .bind("collection", kind.word())
                    .bind("id", id)
                    .bind("deletedAt", moment)
                    .bind("now", micros(now))
                    .execute();
            markDeleted(handle, kind, who, id, moment);
            ledger.forgetAbsence(handle, who, kind, id);
            if (kind.equals(RecordKind.SLEEP)) {
                markDeleted(handle, RecordKind.RECOVERY, who, id, moment);
                ledger.forgetAbsence(handle, who, RecordKind.RECOVERY, id);
            }
        });
    }

    /** What is known to be complete of a member. */
    public Coverage coverage(UserId who) {
        return ledger.coverage(who);
    }

    /** Records missing from a list, or from two, that should have shown them, and not seen since. */
    public List<Absent> absences(UserId who) {
        return ledger.absences(who);
    }

    /**
     * A record is gone: missing from two lists, and then WHOOP answered 404 for its id. Kept as a deletion, which yields
     * only to a fetch begun after it.
     *
     * @param askedAt when the call by id was begun
     */
    public void confirmAbsent(UserId who, Absent absent, Instant askedAt, Instant now) {
        delete(absent.kind(), who, absent.id(), askedAt, now);
    }

    /** A record that lists lacked is there after all, though it cannot be read. */
    public void forgetAbsence(UserId who, Absent absent) {
        jdbi.useHandle(handle -> ledger.forgetAbsence(handle, who, absent.kind(), absent.id()));
    }

    /**
     * Records of other WHOOP accounts than this one leave the member's days. They stay in the histories, under their
     * account, and their payloads in the archive.
     *
     * @param whoopUserId whose records stay; null for nobody's
     */
    public void retire(UserId who, @Nullable Long whoopUserId, Instant now) {
        jdbi.useTransaction(handle -> {
            takeTurn(handle, who);
            Long former = handle.createQuery(FORMER)
                    .bind("who", who.value())
                    .bindByType("account", whoopUserId, Long.class)
                    .mapTo(Long.class)
                    .findOne()
                    .orElse(null);
            if (former == null) {
                return; // there are no others
            }
            for (RecordKind<?> kind : RecordKind.all()) {
                Update update = handle.createUpdate(retire(kind))
                        .bind("who", who.value())
                        .bind("now", micros(now));
                (isNamed(kind) ? update.bindByType("account", whoopUserId, Long.class) : update.bind("former", former))
                        .execute();
            }
            handle.createUpdate(FORGET_ABSENCES).bind("who", who.value()).execute();
        });
    }

    /** A body measurement is told without its account. */
    private static boolean isNamed(RecordKind<?> kind) {
        return kind.columnNames().contains(ACCOUNT);
    }

    private static String retire(RecordKind<?> kind) {
        List<String> columns = Stream.of(
                        List.of("user_id"),
                        kind.columnNames(),
                        List.of("recorded_at", "fetch_begun_at", "archive_hash"))
                .flatMap(List::stream)
                .toList();
        boolean named = isNamed(kind);
        String all = String.join(", ", columns);
        return RETIRE.replace("{table}", kind.table())
                .replace("{into}", named ? all : all + ", " + ACCOUNT)
                .replace("{columns}", named ? all : all + ", :former")
                .replace("{others}", named ? "and " + ACCOUNT + " is distinct from :account" : "");
    }

    /** Forgets what is covered: the member came back with another WHOOP account. */
    public void forgetCoverage(UserId who) {
        ledger.forget(who);
    }

    /** The bytes WHOOP sent for a version, while the archive keeps them. */
    public Optional<byte[]> findPayload(UserId who, byte[] hash) {
        return jdbi.withHandle(handle -> handle.createQuery(PAYLOAD)
                        .bind("who", who.value())
                        .bind("hash", hash)
                        .mapTo(byte[].class)
                        .findOne())
                .map(held -> vault.open(who, Purpose.PAYLOAD, held));
    }

    /** Removes payloads archived, and absences noted, before this moment. Returns how many payloads. */
    public int purgeArchive(Instant before) {
        return jdbi.inTransaction(handle -> {
            handle.createUpdate(PURGE_ABSENCES).bind("before", micros(before)).execute();
            return handle.createUpdate(PURGE).bind("before", micros(before)).execute();
        });
    }

    static void takeTurn(Handle handle, UserId who) {
        handle.createQuery(PageSql.TAKE_TURN)
                .bind("who", who.value())
                .map((row, context) -> true)
                .one();
    }

    private static void markDeleted(Handle handle, RecordKind<?> kind, UserId who, String id, OffsetDateTime moment) {
        String key = kind.tombstoneKey();
        handle.createUpdate(DELETE.replace("{table}", kind.table())
                        .replace("{key}", String.valueOf(key))
                        .replace("{type}", kind.tombstoneKeyType()))
                .bind("who", who.value())
                .bind("id", id)
                .bind("deletedAt", moment)
                .execute();
    }

    /** PostgreSQL keeps microseconds and would round what is finer. */
    static OffsetDateTime micros(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }

    static String bytea(byte[] bytes) {
        return "\\x" + HexFormat.of().formatHex(bytes);
    }
}
