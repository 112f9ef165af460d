package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.Change.Happened;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jdbi.v3.core.Handle;

/** Table {@code whoop_change}: what WHOOP told, and how it ended. */
final class ChangeStore {

    /** A night and its recovery are told one after the other; together they cost the same calls. */
    private static final Duration WAIT_FOR_PARTNER = Duration.ofSeconds(20);

    /** Doubles fall together. */
    private static final Duration WAIT_FOR_DOUBLES = Duration.ofSeconds(5);

    private static final String TELL = """
            with partner as (
                update whoop_change set due_at = least(due_at, :toldAt)
                where user_id = :who and record_id = :record and collection = :partner and happened = 'updated'
                  and :happened = 'updated' and rung = 0 and done_at is null
                returning id
            ), heard as (
                update whoop_member_sync set last_event_at = :toldAt
                where user_id = :who and (last_event_at is null or last_event_at < :toldAt)
            )
            insert into whoop_change as held (user_id, collection, record_id, happened, first_told_at, told_at, due_at)
            values (:who, :collection, :record, :happened, :toldAt, :toldAt,
                case when exists (select from partner) then cast(:toldAt as timestamptz) else :dueAt end)
            on conflict (user_id, collection, record_id, happened) where done_at is null
            do update set told_at = greatest(held.told_at, excluded.told_at), rung = 0,
                due_at = case when held.rung = 0 then least(held.due_at, excluded.due_at) else excluded.due_at end""";

    /** Notes a change; one that is open already is told again, which clears its rung. */
    void tell(Handle handle, UserId who, Change change) {
        Instant toldAt = change.toldAt();
        handle.createUpdate(TELL)
                .bind("who", who.value())
                .bind("collection", change.collection().word())
                .bind("partner", partner(change.collection()))
                .bind("record", change.recordId())
                .bind("happened", change.happened().word())
                .bind("toldAt", utc(toldAt))
                .bind("dueAt", utc(toldAt.plus(patience(change))))
                .execute();
    }

    private static String partner(Collection collection) {
        return switch (collection) {
            case SLEEP -> Collection.RECOVERY.word();
            case RECOVERY -> Collection.SLEEP.word();
            case CYCLE, WORKOUT -> "";
        };
    }

    private static Duration patience(Change change) {
        if (change.happened() == Happened.DELETED) {
            return Duration.ZERO;
        }
        return switch (change.collection()) {
            case SLEEP, RECOVERY -> WAIT_FOR_PARTNER;
            case CYCLE, WORKOUT -> WAIT_FOR_DOUBLES;
        };
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }
}
