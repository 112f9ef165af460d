package io.holisticos.whoop.data;

import io.holisticos.database.PartitionStore;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * Saves what WHOOP sent: records with their histories, their payloads, deletions, and what is known to be complete. Records may
 * arrive in any order and any number of times: the end is the same. Thread-safe, also across processes: writers for one
 * member take turns.
 */
public final class WhoopStore {

    private final Jdbi jdbi;
    private final Derivation derivation;
    private final PageSaver pages;
    private final CoverageStore coverage;
    private final ArchiveStore archive;

    public WhoopStore(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.derivation = new Derivation(vault);
        this.pages = new PageSaver(new RecordStore(jdbi), vault);
        this.coverage = new CoverageStore(jdbi);
        this.archive = new ArchiveStore(jdbi);
    }

    /** What values are sealed for: the same purpose opens them. */
    static final class Purpose {
        static final String PAYLOAD = "whoop.payload";
        static final String EMAIL = "whoop.email";
        static final String FIRST_NAME = "whoop.first_name";
        static final String LAST_NAME = "whoop.last_name";

        private Purpose() {}
    }

    /**
     * Saves records of one kind that were fetched by their ids, in one transaction.
     *
     * @param fetchBegunAt when the call that brought them was begun
     */
    public <T> SaveResult save(
            RecordKind<T> kind, UserId who, List<Fetched<T>> records, Instant fetchBegunAt, Instant now) {
        return save(kind, who, RecordBatch.byId(records), fetchBegunAt, now, AccountCheck.NONE);
    }

    /**
     * Saves a batch of records and, in the same transaction, what it covers: which moments are complete now, and which held
     * records it should have shown and did not.
     *
     * @param fetchBegunAt when the call that brought them was begun
     * @throws AnotherAccount when the member has another account by now; nothing is saved then
     */
    public <T> SaveResult save(
            RecordKind<T> kind,
            UserId who,
            RecordBatch<T> batch,
            Instant fetchBegunAt,
            Instant now,
            AccountCheck account) {
        List<RecordVersion> versions = batch.records().stream()
                .map(fetched -> derivation.version(kind, who, fetched))
                .toList();
        return pages.save(new SaveRequest<>(kind, who, batch, micros(fetchBegunAt), micros(now), account), versions);
    }

    /**
     * Notes that WHOOP deleted a record, held or not. It yields only to a fetch that began after it. A deleted sleep takes its
     * recovery with it.
     *
     * @param id the record's; of a recovery, the id of its sleep
     */
    public void delete(RecordKind<?> kind, UserId who, String id, Instant deletedAt, Instant now) {
        delete(kind, who, id, deletedAt, now, AccountCheck.NONE);
    }

    private void delete(
            RecordKind<?> kind, UserId who, String id, Instant deletedAt, Instant now, AccountCheck account) {
        if (!kind.isListed()) {
            throw new IllegalArgumentException("WHOOP deletes no " + kind);
        }
        OffsetDateTime moment = micros(deletedAt);
        try {
            jdbi.useTransaction(handle -> {
                RecordStore.requireAccount(handle, who, account);
                RecordStore.takeTurn(handle, who);
                DeletionStore.note(handle, who, kind, id, moment, micros(now));
                for (RecordKind<?> deleted : kind.deletedKinds()) {
                    RecordStore.markDeleted(handle, deleted, who, id, moment);
                    CoverageStore.forgetAbsence(handle, who, deleted, id);
                }
            });
        } catch (JdbiException e) {
            throw AccountCheck.translated(e);
        }
    }

    /** What is known to be complete of a member. */
    public Coverage coverage(UserId who) {
        return coverage.coverage(who);
    }

    /** Records that one list or two should have shown and did not, and that were not seen since. */
    public List<Absent> absences(UserId who) {
        return coverage.absences(who);
    }

    /**
     * Notes that a record is deleted: two lists did not show it, and WHOOP answered 404 for its id. It yields only to a fetch
     * that began after it.
     *
     * @param askedAt when the call by id was begun
     * @throws AnotherAccount when the member has another account by now; nothing is changed then
     */
    public void confirmAbsent(UserId who, Absent absent, Instant askedAt, Instant now, AccountCheck account) {
        delete(absent.kind(), who, absent.id(), askedAt, now, account);
    }

    /** Forgets that a record was missing: it exists, though it cannot be read. */
    public void forgetAbsence(UserId who, Absent absent) {
        jdbi.useHandle(handle -> CoverageStore.forgetAbsence(handle, who, absent.kind(), absent.id()));
    }

    /**
     * Removes records of other WHOOP accounts than this one from the member's days. They stay in the histories, under their
     * account, and their payloads stay in the archive.
     *
     * @param whoopUserId whose records stay; null to remove everybody's
     */
    public void retire(UserId who, @Nullable Long whoopUserId, Instant now) {
        jdbi.useTransaction(handle -> {
            RecordStore.takeTurn(handle, who);
            if (RecordStore.retire(handle, who, whoopUserId, micros(now))) {
                CoverageStore.forgetAbsences(handle, who);
            }
        });
    }

    /** Forgets what is known to be complete: the member came back with another WHOOP account. */
    public void forgetCoverage(UserId who) {
        coverage.forgetCoverage(who);
    }

    /**
     * Removes payloads archived, and missing records noted, before this moment. Payloads of a month go together, once the month
     * is over for so long.
     */
    public void purgeArchive(Instant before) {
        jdbi.useHandle(handle -> CoverageStore.purgeAbsences(handle, micros(before)));
        archive.partitions().drop(before);
    }

    /** Makes the partitions of this month and the next ones. */
    public void makePartitions(Instant now) {
        archive.partitions().extend(now);
        for (RecordTable history : RecordTable.partitioned()) {
            new PartitionStore(jdbi, history.name(), "replaced_at").extend(now);
        }
    }

    /** PostgreSQL keeps microseconds and would round what is finer. */
    static OffsetDateTime micros(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }

    static String bytea(byte[] bytes) {
        return "\\x" + HexFormat.of().formatHex(bytes);
    }

    /** The bytes that {@link #bytea} or PostgreSQL wrote. */
    static byte[] bytes(String bytea) {
        return HexFormat.of().parseHex(bytea, 2, bytea.length());
    }
}
