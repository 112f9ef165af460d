package io.holisticos.sahha.data;

import static io.holisticos.sahha.data.SahhaDatabase.utc;

import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import java.time.Instant;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;

/**
 * Table {@code sahha_refresh}: when Sahha was last asked for which days of a member. A trigger keeps beside each mark which days
 * were read ({@code 079-read-days.sql}), whoever writes it; {@link Standing} has them.
 */
public final class RefreshMarkStore {

    /** The span of the recent days, which still change. */
    public static final String RECENT = "recent";

    private static final RowMapper<RefreshMarks.Mark> MARK = ConstructorMapper.of(RefreshMarks.Mark.class);

    private static final String MARKS = "select kind, span, refreshed_at from sahha_refresh where profile_id = :who";

    private static final String SAVE = """
            insert into sahha_refresh (profile_id, kind, span, refreshed_at) values (:who, :kind, :span, :at)
            on conflict (profile_id, kind, span) do update
            set refreshed_at = greatest(sahha_refresh.refreshed_at, excluded.refreshed_at)""";

    private static final String MAKE_STALE = """
            update sahha_refresh set refreshed_at = least(refreshed_at, :staleAt)
            where profile_id = :who and kind = :kind and span = :span""";

    private final SahhaDatabase database;

    RefreshMarkStore(SahhaDatabase database) {
        this.database = database;
    }

    /** When what we have of a member was last fetched. */
    public RefreshMarks of(UserId who) {
        return new RefreshMarks(database.with(handle ->
                handle.createQuery(MARKS).bind("who", who.value()).map(MARK).list()));
    }

    /** Within the transaction that saves what was fetched. */
    void save(Handle transaction, UserId who, SahhaKind kind, String span, Instant begun) {
        transaction
                .createUpdate(SAVE)
                .bind("who", who.value())
                .bind("kind", kind.key())
                .bind("span", span)
                .bind("at", utc(begun))
                .execute();
    }

    /** Makes readers wait shortly for a refresh of the recent days. Within the transaction that saves the event. */
    void makeStale(Handle transaction, UserId who, SahhaKind kind, Instant staleAt) {
        transaction
                .createUpdate(MAKE_STALE)
                .bind("who", who.value())
                .bind("kind", kind.key())
                .bind("span", RECENT)
                .bind("staleAt", utc(staleAt))
                .execute();
    }
}
