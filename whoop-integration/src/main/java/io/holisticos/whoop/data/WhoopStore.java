package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Profile;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;

/**
 * Writes what WHOOP told us: tables {@code whoop_cycle} and its siblings, their histories, {@code whoop_tombstone} and
 * {@code whoop_archive}. Records may arrive in any order and any number of times: the end is the same. Thread-safe, also
 * across processes: writes for one member take turns.
 */
public final class WhoopStore {

    private static final String TAKE_TURN = "select pg_advisory_xact_lock(hashtextextended(:who, 0))";
    private static final String HELD_PAYLOADS =
            "select hash from whoop_archive where user_id = :who and hash in (<hashes>)";
    private static final String ARCHIVE = """
            insert into whoop_archive (user_id, hash, collection, payload_sealed, recorded_at)
            values (:who, :hash, :collection, :payload, :now)
            on conflict (user_id, hash) do nothing""";
    private static final String PAYLOAD =
            "select payload_sealed from whoop_archive where user_id = :who and hash = :hash";
    private static final String PURGE = "delete from whoop_archive where recorded_at < :before";
    private static final String BURY = """
            insert into whoop_tombstone as held (user_id, collection, id, deleted_at, recorded_at)
            values (:who, :collection, :id, :deletedAt, :now)
            on conflict (user_id, collection, id)
            do update set deleted_at = excluded.deleted_at, recorded_at = excluded.recorded_at
            where held.deleted_at < excluded.deleted_at""";
    private static final String DELETE = """
            update {table} set deleted_at = :deletedAt
            where user_id = :who and cast({key} as text) = :id and last_fetch_begun_at <= :deletedAt
              and (deleted_at is null or deleted_at < :deletedAt)""";

    private final Jdbi jdbi;
    private final Vault vault;
    private final Map<RecordKind<?>, String> upserts = new ConcurrentHashMap<>();

    public WhoopStore(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.vault = vault;
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
        List<Fetched<T>> records = listed.records();
        List<Version> versions = new ArrayList<>();
        for (Fetched<T> fetched : records) {
            versions.add(new Version(kind.toRow(fetched.record()), fetched.raw(), hashOf(fetched.raw())));
        }
        return save(kind, who, versions, micros(fetchBegunAt), micros(now));
    }

    /** Saves who the member is to WHOOP; e-mail and names only sealed. */
    public Saved saveProfile(UserId who, Fetched<Profile> fetched, Instant fetchBegunAt, Instant now) {
        Profile profile = fetched.record();
        ObjectNode row = Json.object()
                .put("whoop_user_id", profile.userId())
                .put("email_sealed", bytea(vault.seal(who, Purpose.EMAIL, profile.email())))
                .put("first_name_sealed", bytea(vault.seal(who, Purpose.FIRST_NAME, profile.firstName())))
                .put("last_name_sealed", bytea(vault.seal(who, Purpose.LAST_NAME, profile.lastName())));
        Version version = new Version(row, fetched.raw(), hashOf(fetched.raw()));
        return save(RecordKind.PROFILE, who, List.of(version), micros(fetchBegunAt), micros(now));
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
            if (kind.equals(RecordKind.SLEEP)) {
                markDeleted(handle, RecordKind.RECOVERY, who, id, moment);
            }
        });
    }

    /** What is known to be complete of a member. */
    public Coverage coverage(UserId who) {
        return Coverage.none();
    }

    /** Records missing from two lists that should have shown them, and not seen since: to be asked for by id. */
    public List<Absent> absences(UserId who) {
        return List.of();
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

    /** Forgets what is covered: the member came back with another WHOOP account. */
    public void forgetCoverage(UserId who) {}

    /** The bytes WHOOP sent for a version, while the archive keeps them. */
    public Optional<byte[]> findPayload(UserId who, byte[] hash) {
        return jdbi.withHandle(handle -> handle.createQuery(PAYLOAD)
                        .bind("who", who.value())
                        .bind("hash", hash)
                        .mapTo(byte[].class)
                        .findOne())
                .map(held -> vault.open(who, Purpose.PAYLOAD, held));
    }

    /** Removes payloads archived before this moment. Returns how many. */
    public int purgeArchive(Instant before) {
        return jdbi.withHandle(handle ->
                handle.createUpdate(PURGE).bind("before", micros(before)).execute());
    }

    private Saved save(
            RecordKind<?> kind, UserId who, List<Version> versions, OffsetDateTime fetchBegunAt, OffsetDateTime now) {
        if (versions.isEmpty()) {
            return Saved.NOTHING;
        }
        Map<String, byte[]> payloads = sealedUnheld(who, versions); // before the transaction: it may fetch a key
        String rows = rowsOf(who, versions, fetchBegunAt, now);
        return jdbi.inTransaction(handle -> {
            takeTurn(handle, who);
            archive(handle, kind, who, payloads, now);
            return handle.createQuery(upserts.computeIfAbsent(kind, UpsertSql::of))
                    .bind("rows", rows)
                    .bind("now", now)
                    .map((row, context) -> new Saved(row.getInt("changed"), row.getInt("contested"), Set.of(), 0))
                    .one();
        });
    }

    private static void takeTurn(Handle handle, UserId who) {
        handle.createQuery(TAKE_TURN)
                .bind("who", who.value())
                .map((row, context) -> true)
                .one();
    }

    private static void markDeleted(Handle handle, RecordKind<?> kind, UserId who, String id, OffsetDateTime moment) {
        String key = kind.tombstoneKey();
        handle.createUpdate(DELETE.replace("{table}", kind.table()).replace("{key}", String.valueOf(key)))
                .bind("who", who.value())
                .bind("id", id)
                .bind("deletedAt", moment)
                .execute();
    }

    private Map<String, byte[]> sealedUnheld(UserId who, List<Version> versions) {
        List<byte[]> hashes = versions.stream().map(Version::hash).toList();
        Set<String> held = new HashSet<>(jdbi.withHandle(handle -> handle.createQuery(HELD_PAYLOADS)
                .bind("who", who.value())
                .bindList("hashes", hashes)
                .map((row, context) -> bytea(row.getBytes(1)))
                .list()));
        Map<String, byte[]> sealed = new LinkedHashMap<>();
        for (Version version : versions) {
            String hash = bytea(version.hash());
            if (!held.contains(hash)) {
                sealed.computeIfAbsent(hash, any -> vault.seal(who, Purpose.PAYLOAD, version.raw()));
            }
        }
        return sealed;
    }

    private static void archive(
            Handle handle, RecordKind<?> kind, UserId who, Map<String, byte[]> payloads, OffsetDateTime now) {
        if (payloads.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(ARCHIVE);
        payloads.forEach((hash, payload) -> batch.bind("who", who.value())
                .bind("hash", HexFormat.of().parseHex(hash, 2, hash.length()))
                .bind("collection", kind.word())
                .bind("payload", payload)
                .bind("now", now)
                .add());
        batch.execute();
    }

    private static String rowsOf(UserId who, List<Version> versions, OffsetDateTime fetchBegunAt, OffsetDateTime now) {
        var rows = Json.array();
        for (Version version : versions) {
            rows.add(version.row()
                    .put("user_id", who.value())
                    .put("recorded_at", now.toString())
                    .put("fetch_begun_at", fetchBegunAt.toString())
                    .put("last_fetch_begun_at", fetchBegunAt.toString())
                    .put("archive_hash", bytea(version.hash())));
        }
        return rows.toString();
    }

    /** PostgreSQL keeps microseconds and would round what is finer. */
    private static OffsetDateTime micros(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }

    private static String bytea(byte[] bytes) {
        return "\\x" + HexFormat.of().formatHex(bytes);
    }

    private static byte[] hashOf(byte[] raw) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(raw);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** One version of a record on its way into the tables. */
    private record Version(ObjectNode row, byte[] raw, byte[] hash) {
        @Override
        public String toString() {
            return "Version[" + raw.length + " bytes]";
        }
    }
}
