package io.holisticos.unified;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holisticos.database.Database;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Owns tables {@code member_preference}, one row for each member who has a wish, and {@code member_preference_history}. */
final class PreferenceStore {

    private static final String SELECT = """
            select jsonb_build_object('order', source_order, 'by_family', by_family, 'by_metric', by_metric)::text
            from member_preference where user_id = :who""";
    private static final String MEMBERS = "select user_id from member_preference limit :most";

    /** No other transaction may change the row between reading and writing it, also when there is no row yet. */
    private static final String ONE_CHANGE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(:key, 0))";

    private static final String KEEP_REPLACED = """
            insert into member_preference_history
                (user_id, revision, source_order, by_family, by_metric, recorded_at, replaced_at)
            select user_id, revision, source_order, by_family, by_metric, recorded_at, :now
            from member_preference where user_id = :who""";
    private static final String UPSERT = """
            insert into member_preference (user_id, source_order, by_family, by_metric, revision, recorded_at)
            values (:who, :order::jsonb, :byFamily::jsonb, :byMetric::jsonb, 1, :now)
            on conflict (user_id) do update
            set source_order = excluded.source_order, by_family = excluded.by_family, by_metric = excluded.by_metric,
                revision = member_preference.revision + 1, recorded_at = excluded.recorded_at""";

    /** Many more than a person makes, and an end for a program that changes its mind all day. */
    private static final int MOST_KEPT = 1_000;

    private static final String FORGET = """
            delete from member_preference_history
            where user_id = :who
              and revision < (select revision from member_preference where user_id = :who) - :most""";

    /** The topic of notices between replicas about preferences; the key of a notice is the member. */
    static final String TOPIC = "preference";

    /** Names this store in the error when it cannot be reached. */
    private static final SourceName OURS = new SourceName("preferences");

    private static final PreferencesReader KEPT = PreferencesReader.ofAnySource();
    private static final ObjectWriter JSON = JsonMapper.builder().build().writer();

    private final Database database;

    PreferenceStore(Jdbi database) {
        this.database = new Database(database, OURS);
    }

    /** @throws SourceUnavailable when the database does not answer */
    Preferences read(UserId who) {
        return database.withHandle(handle -> find(handle, who)).orElse(Preferences.NONE);
    }

    /** The members who have a row, but no more of them than this. */
    Set<UserId> members(int most) {
        return database.withHandle(handle -> handle.createQuery(MEMBERS)
                .bind("most", most)
                .map((row, context) -> new UserId(row.getString(1)))
                .collectInto(HashSet.class));
    }

    /**
     * Replaces all preferences of the member, keeps the former (the last thousand), and lets the table's trigger tell the replicas. Does nothing when they are
     * the same.
     *
     * @return whether anything changed
     * @throws SourceUnavailable when the database does not answer
     */
    boolean save(UserId who, Preferences wanted, Instant now) {
        return database.inTransaction(handle -> {
            lock(handle, who);
            if (find(handle, who).orElse(Preferences.NONE).equals(wanted)) {
                return false;
            }
            keepReplaced(handle, who, now);
            write(handle, who, wanted, now);
            forgetBeyondThoseKept(handle, who);
            return true;
        });
    }

    private static Optional<Preferences> find(Handle handle, UserId who) {
        return handle.createQuery(SELECT)
                .bind("who", who.value())
                .mapTo(String.class)
                .findOne()
                .map(KEPT::readKept);
    }

    private static void lock(Handle handle, UserId who) {
        handle.createQuery(ONE_CHANGE_AT_A_TIME)
                .bind("key", TOPIC + '/' + who.value())
                .map((row, context) -> 0)
                .list();
    }

    private static void keepReplaced(Handle handle, UserId who, Instant now) {
        handle.createUpdate(KEEP_REPLACED)
                .bind("who", who.value())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    private static void write(Handle handle, UserId who, Preferences wanted, Instant now) {
        PreferencesAnswer written = PreferencesAnswer.of(wanted);
        handle.createUpdate(UPSERT)
                .bind("who", who.value())
                .bind("order", json(written.order()))
                .bind("byFamily", json(written.byFamily()))
                .bind("byMetric", json(written.byMetric()))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    private static void forgetBeyondThoseKept(Handle handle, UserId who) {
        handle.createUpdate(FORGET)
                .bind("who", who.value())
                .bind("most", MOST_KEPT)
                .execute();
    }

    private static String json(Object names) {
        try {
            return JSON.writeValueAsString(names);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("lists of names can be written as JSON", e);
        }
    }
}
