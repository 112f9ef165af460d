package io.holisticos.sahha.data;

import static io.holisticos.sahha.data.SahhaDatabase.utc;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ColumnName;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/**
 * Table {@code sahha_profile_check}: what Sahha last said of a profile and of the member's phone. An id that Sahha does
 * not know has no row, because callers' ids may be any text.
 */
public final class ProfileCheckStore {

    private static final RowMapper<ProfileCheck> CHECK = ConstructorMapper.of(ProfileCheck.class);

    private static final String FIND = """
            select known, checked_at, device_utc_offset_seconds, device_checked_at from sahha_profile_check
            where profile_id = :who""";

    private static final String SAVE_KNOWN = """
            insert into sahha_profile_check (profile_id, known, checked_at) values (:who, true, :now)
            on conflict (profile_id) do update set known = true, checked_at = excluded.checked_at""";

    private static final String CONFIRM = """
            update sahha_profile_check set known = true, checked_at = :now where profile_id = :who and not known""";

    private static final String DELETE = "delete from sahha_profile_check where profile_id = :who";

    /** Versions before this one saved ids that Sahha does not know; such rows come back while one still runs. */
    private static final String DELETE_UNKNOWN = "delete from sahha_profile_check where not known";

    private static final String SAVE_DEVICE = """
            insert into sahha_profile_check (profile_id, known, checked_at, device_utc_offset_seconds, device_checked_at)
            values (:who, true, :now, :offset, :now)
            on conflict (profile_id) do update set device_utc_offset_seconds = excluded.device_utc_offset_seconds,
                device_checked_at = excluded.device_checked_at""";

    private final SahhaDatabase database;

    ProfileCheckStore(SahhaDatabase database) {
        this.database = database;
    }

    /**
     * One row of the table.
     *
     * @param deviceOffset null when the device was never asked for, or when the phone never sent an offset
     * @param deviceCheckedAt null when the device was never asked for
     */
    public record ProfileCheck(
            boolean known,
            Instant checkedAt,

            @ColumnName("device_utc_offset_seconds") @Nullable
            ZoneOffset deviceOffset,

            @Nullable Instant deviceCheckedAt) {}

    /** What Sahha last said of this id. */
    public Optional<ProfileCheck> find(UserId who) {
        return database.with(handle ->
                handle.createQuery(FIND).bind("who", who.value()).map(CHECK).findOne());
    }

    /** Saves that Sahha has a profile with this id. */
    public void saveKnown(UserId who, Instant now) {
        database.changing(
                who,
                handle -> handle.createUpdate(SAVE_KNOWN)
                        .bind("who", who.value())
                        .bind("now", utc(now))
                        .execute());
    }

    /** Deletes what was saved of an id that Sahha no longer knows. */
    public void delete(UserId who) {
        database.changing(
                who,
                handle -> handle.createUpdate(DELETE).bind("who", who.value()).execute());
    }

    /** Deletes what earlier versions saved of ids that Sahha does not know. */
    public void deleteUnknown() {
        database.with(handle -> handle.execute(DELETE_UNKNOWN));
    }

    /** Saves the offset of the member's phone; null when the phone never sent one. */
    public void saveDevice(UserId who, @Nullable ZoneOffset offset, Instant now) {
        database.changing(
                who,
                handle -> handle.createUpdate(SAVE_DEVICE)
                        .bind("who", who.value())
                        .bind("offset", offset == null ? null : offset.getTotalSeconds())
                        .bind("now", utc(now))
                        .execute());
    }

    /**
     * Marks the profile as known whatever the last check said, because an event names it. Within the transaction that
     * saves the event.
     */
    void confirm(Handle transaction, UserId who, Instant now) {
        transaction
                .createUpdate(CONFIRM)
                .bind("who", who.value())
                .bind("now", utc(now))
                .execute();
    }
}
