package io.holisticos.whoop.data;

import io.holisticos.database.PartitionStore;
import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Owns tables {@code whoop_archive}, the sealed payloads of records, and {@code whoop_archive_naming}, how far their hashes were
 * renewed. The statement that saves a page archives payloads by function {@code whoop_archive_payloads}.
 */
final class ArchiveStore {

    private static final String IS_FORMER = "octet_length(hash) = " + PayloadNames.FORMER_LENGTH;
    /** The database compares: its order of texts need not be Java's. */
    private static final String FIRST_MEMBER =
            "select least(cast(:other as varchar), (select min(user_id) from whoop_archive where user_id > :after))";

    private static final String FORMER_HASHES = "select hash from whoop_archive where user_id = :who and " + IS_FORMER;
    private static final String NAMED =
            "unnest(cast(:formers as bytea[]), cast(:names as bytea[])) as named(former, name)";
    private static final String FORGET_DUPLICATES = "delete from whoop_archive held using " + NAMED + """

        where held.user_id = :who and held.hash = named.former and exists (
            select from whoop_archive same where same.user_id = :who and same.hash = named.name)\
        """;
    private static final String RENAME = "update whoop_archive held set hash = named.name from " + NAMED + """

        where held.user_id = :who and held.hash = named.former\
        """;
    private static final String CAME_LATER =
            "select exists (select from whoop_archive where recorded_at >= :since and " + IS_FORMER + ")";

    private static final String PROGRESS = """
        select walked_to, found, done_at is not null as done, recorded_at
        from whoop_archive_naming where form = :form\
        """;
    private static final String SAVE_PROGRESS = """
        insert into whoop_archive_naming (form, walked_to, found, done_at, recorded_at)
        values (:form, :lastMember, :found, :doneAt, :now)
        on conflict (form) do update set walked_to = excluded.walked_to, found = excluded.found,
            done_at = excluded.done_at, recorded_at = excluded.recorded_at\
        """;

    private final Jdbi jdbi;
    private final PartitionStore partitions;

    ArchiveStore(Jdbi jdbi) {
        this.jdbi = jdbi;
        this.partitions = new PartitionStore(jdbi, "whoop_archive", "recorded_at");
    }

    PartitionStore partitions() {
        return partitions;
    }

    /**
     * How far a walk over all members came that renews hashes.
     *
     * @param lastMember the last member done; empty at its begin
     * @param found how many of them had former hashes
     * @param done whether a whole walk found none
     * @param recordedAt when this was saved; null when it never was
     */
    record RenamingProgress(
            String lastMember,
            long found,
            boolean done,
            @Nullable Instant recordedAt) {
        static final RenamingProgress NONE = new RenamingProgress("", 0, false, null);
    }

    RenamingProgress progress() {
        return jdbi.withHandle(handle -> handle.createQuery(PROGRESS)
                .bind("form", PayloadNames.FORM)
                .map(row -> new RenamingProgress(
                        row.getColumn("walked_to", String.class),
                        row.getColumn("found", Long.class),
                        row.getColumn("done", Boolean.class),
                        row.getColumn("recorded_at", Instant.class)))
                .findOne()
                .orElse(RenamingProgress.NONE));
    }

    void save(RenamingProgress progress, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(SAVE_PROGRESS)
                .bind("form", PayloadNames.FORM)
                .bind("lastMember", progress.lastMember())
                .bind("found", progress.found())
                .bind("doneAt", progress.done() ? WhoopStore.micros(now) : null)
                .bind("now", WhoopStore.micros(now))
                .execute());
    }

    /** Whether a former version of this service archived anything since that moment. */
    boolean hasFormerHashSince(Instant since) {
        return jdbi.withHandle(handle -> handle.createQuery(CAME_LATER)
                .bind("since", WhoopStore.micros(since))
                .mapTo(Boolean.class)
                .one());
    }

    /**
     * The first member after that one of whom a payload is archived, or the other member if that one comes first.
     *
     * @param other another member after that one; empty when there is none
     */
    Optional<String> firstMemberAfter(String after, Optional<String> other) {
        return jdbi.withHandle(handle -> handle.createQuery(FIRST_MEMBER)
                .bind("after", after)
                .bind("other", other.orElse(null))
                .map((row, context) -> Optional.ofNullable(row.getString(1)))
                .one());
    }

    /** The former hashes that a member's payloads still have. */
    static List<byte[]> formerHashes(Handle handle, UserId who) {
        return handle.createQuery(FORMER_HASHES)
                .bind("who", who.value())
                .mapTo(byte[].class)
                .list();
    }

    /** Gives a member's payloads these hashes instead of the former ones. One that has both is kept once. */
    static void rename(Handle handle, UserId who, byte[][] formers, byte[][] names) {
        for (String sql : List.of(FORGET_DUPLICATES, RENAME)) {
            handle.createUpdate(sql)
                    .bind("who", who.value())
                    .bind("formers", RecordStore.array("bytea", formers))
                    .bind("names", RecordStore.array("bytea", names))
                    .execute();
        }
    }
}
