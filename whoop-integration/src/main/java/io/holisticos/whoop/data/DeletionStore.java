package io.holisticos.whoop.data;

import io.holisticos.health.UserId;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Handle;

/** Owns table {@code whoop_tombstone}: the latest deletion that WHOOP told of each record, whether it is held or not. */
final class DeletionStore {

    private static final String NOTE = """
        insert into whoop_tombstone as noted (user_id, collection, id, deleted_at, recorded_at)
        values (:who, :collection, :id, :deletedAt, :now)
        on conflict (user_id, collection, id)
        do update set deleted_at = excluded.deleted_at, recorded_at = excluded.recorded_at
        where noted.deleted_at < excluded.deleted_at\
        """;

    private DeletionStore() {}

    /** @param id the record's; of a recovery, the id of its sleep */
    static void note(
            Handle handle, UserId who, RecordKind<?> kind, String id, OffsetDateTime deletedAt, OffsetDateTime now) {
        handle.createUpdate(NOTE)
                .bind("who", who.value())
                .bind("collection", kind.collection())
                .bind("id", id)
                .bind("deletedAt", deletedAt)
                .bind("now", now)
                .execute();
    }
}
