package io.holisticos.sahha.data;

import static io.holisticos.sahha.data.SahhaDatabase.utc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/**
 * Table {@code sahha_data_log}: which source recorded what of a member, and when. {@link SahhaRowStore} reads its views
 * {@code sahha_logged_source} and {@code sahha_logged_exercise} together with the rows of a day.
 */
public final class SahhaDataLogStore {

    /** Of one type and source on one day: as many as a night of a restless sleeper has stages. */
    static final int MOST_OF_A_KIND = 60;

    /** Of all types and sources on one day. */
    static final int MOST_OF_A_DAY = 600;

    /** Deliveries of one member wait for each other here, so that together they keep to the limits. */
    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(:key, 0))";

    private static final String SAVE = """
            insert into sahha_data_log (profile_id, day, log_type, data_type, source, start_at, end_at, received_at)
            select :who, day, log_type, data_type, source, start_at, end_at, :now
            from (
                select told.*,
                       row_number() over (partition by day, log_type, data_type, source order by start_at, end_at) as of_kind,
                       row_number() over (partition by day order by log_type, data_type, source, start_at, end_at) as of_day
                from jsonb_to_recordset(cast(:logs as jsonb)) as told(day date, log_type text, data_type text, source text,
                    start_at timestamptz, end_at timestamptz)
                where not exists (
                    select from sahha_data_log held
                    where held.profile_id = :who and held.day = told.day and held.log_type = told.log_type
                      and held.data_type = told.data_type and held.source = told.source
                      and held.start_at = told.start_at and held.end_at = told.end_at)
            ) fresh
            where of_day + (select count(*) from sahha_data_log held
                            where held.profile_id = :who and held.day = fresh.day) <= :mostOfDay
              and of_kind + (select count(*) from sahha_data_log held
                             where held.profile_id = :who and held.day = fresh.day and held.log_type = fresh.log_type
                               and held.data_type = fresh.data_type and held.source = fresh.source) <= :mostOfKind
            on conflict do nothing""";

    private static final String PRUNE = "delete from sahha_data_log where day < :before";

    private final SahhaDatabase database;

    SahhaDataLogStore(SahhaDatabase database) {
        this.database = database;
    }

    /** Saves what is new, up to the limits of each day. Within the transaction that saves the event. */
    void save(Handle transaction, UserId who, List<SahhaDataLog> logs, Instant now) {
        transaction
                .createQuery(ONE_AT_A_TIME)
                .bind("key", "data_logs/" + who.value())
                .map((row, context) -> 0)
                .list();
        transaction
                .createUpdate(SAVE)
                .bind("who", who.value())
                .bind("logs", database.write(json(logs)))
                .bind("now", utc(now))
                .bind("mostOfDay", MOST_OF_A_DAY)
                .bind("mostOfKind", MOST_OF_A_KIND)
                .execute();
    }

    /**
     * Deletes the logs of the days before this one.
     *
     * @throws JdbiException when the database fails
     */
    public void prune(LocalDate before) {
        database.untranslated(
                handle -> handle.createUpdate(PRUNE).bind("before", before).execute());
    }

    private static ArrayNode json(List<SahhaDataLog> logs) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        logs.stream()
                .distinct()
                .forEach(log -> array.addObject()
                        .put("day", log.day().toString())
                        .put("log_type", log.logType())
                        .put("data_type", log.dataType())
                        .put("source", log.source())
                        .put("start_at", log.start().toString())
                        .put("end_at", log.end().toString()));
        return array;
    }
}
