package io.holisticos.sahha;

import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Table {@code sahha_inbox}. */
final class SahhaInboxStore {

    private static final String INSERT = """
            insert into sahha_inbox
                (body_sha256, position, event_type, profile_id, kind, received_at, due_at, done_at)
            values (:hash, :position, :type, :who, :kind, :now, :dueAt, :doneAt)
            on conflict (body_sha256, position) do nothing""";

    /** From then on a reader waits, shortly, for the shared refresh. */
    private static final String MARK_STALE = """
            update sahha_refresh set refreshed_at = least(refreshed_at, :staleAt)
            where profile_id = :who and kind = :kind and span = 'recent'""";

    /** A profile that events tell of is there, whatever the last check said. */
    private static final String IS_KNOWN = """
            update sahha_profile_check set known = true, checked_at = :now where profile_id = :who and not known""";

    private static final String CLAIM = """
            with due as (
                select profile_id, kind from sahha_inbox
                where done_at is null and due_at <= :now
                group by profile_id, kind
                order by min(due_at) limit :most
            ), free as (
                select inbox.body_sha256, inbox.position from sahha_inbox inbox
                join due on due.profile_id = inbox.profile_id and due.kind = inbox.kind
                where inbox.done_at is null and inbox.due_at <= :now
                for update of inbox skip locked
            ), claimed as (
                update sahha_inbox inbox set due_at = :again from free
                where inbox.body_sha256 = free.body_sha256 and inbox.position = free.position
                returning inbox.profile_id, inbox.kind
            )
            select distinct profile_id, kind from claimed""";
    private static final String SETTLE = """
            update sahha_inbox set done_at = :now
            where profile_id = :who and kind = :kind and done_at is null
              and (received_at < :givenUp or received_at <= :begun)""";
    private static final String POSTPONE = """
            update sahha_inbox set due_at = :again
            where profile_id = :who and kind = :kind and done_at is null and due_at = :claimedUntil""";
    private static final String PURGE = "delete from sahha_inbox where done_at < :before";

    private final Jdbi jdbi;

    SahhaInboxStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Rows of one kind that are to be read again. */
    record Due(UserId who, Kind kind) {}

    /** When what was told of is read again, and from when on what is held counts as past its freshness. */
    record Times(Instant now, Duration pause, Duration freshFor) {}

    /** Returns how many of these events are new. */
    int save(byte[] hash, List<SahhaEvent> events, Times times) {
        return jdbi.inTransaction(handle -> {
            int fresh = 0;
            for (int position = 0; position < events.size(); position++) {
                SahhaEvent event = events.get(position);
                Kind kind = event.kind();
                int saved = handle.createUpdate(INSERT)
                        .bind("hash", hash)
                        .bind("position", position)
                        .bind("type", event.type())
                        .bind("who", event.who().value())
                        .bind("kind", kind == null ? null : kind.word())
                        .bind("now", utc(times.now()))
                        .bind("dueAt", kind == null ? null : utc(times.now().plus(times.pause())))
                        .bind("doneAt", kind == null ? utc(times.now()) : null)
                        .execute();
                fresh += saved;
                if (saved == 1 && kind != null) {
                    handle.createUpdate(MARK_STALE)
                            .bind("who", event.who().value())
                            .bind("kind", kind.word())
                            .bind("staleAt", utc(times.now().minus(times.freshFor())))
                            .execute();
                    handle.createUpdate(IS_KNOWN)
                            .bind("who", event.who().value())
                            .bind("now", utc(times.now()))
                            .execute();
                }
            }
            return fresh;
        });
    }

    /**
     * What is due now, what is due longest first; nobody else gets it before {@code again}.
     *
     * @param most of members' kinds, however many events tell of each
     */
    List<Due> claim(Instant now, Instant again, int most) {
        return jdbi.withHandle(handle -> handle.createQuery(CLAIM)
                .bind("now", utc(now))
                .bind("again", utc(again))
                .bind("most", most)
                .map((row, context) -> new Due(
                        new UserId(row.getString("profile_id")),
                        Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT))))
                .list());
    }

    /**
     * Closes what a fetch has answered, and what is too old to matter.
     *
     * @param begun when the fetch began; null when there was none
     */
    void settle(Due due, @Nullable Instant begun, Instant givenUp, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(SETTLE)
                .bind("who", due.who().value())
                .bind("kind", due.kind().word())
                .bind("begun", begun == null ? null : utc(begun))
                .bind("givenUp", utc(givenUp))
                .bind("now", utc(now))
                .execute());
    }

    /** What was claimed until then, and by nobody else since, and is not settled, comes again later. */
    void postpone(Due due, Instant claimedUntil, Instant again) {
        jdbi.useHandle(handle -> handle.createUpdate(POSTPONE)
                .bind("who", due.who().value())
                .bind("kind", due.kind().word())
                .bind("claimedUntil", utc(claimedUntil))
                .bind("again", utc(again))
                .execute());
    }

    int purge(Instant before) {
        return jdbi.withHandle(
                handle -> handle.createUpdate(PURGE).bind("before", utc(before)).execute());
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
