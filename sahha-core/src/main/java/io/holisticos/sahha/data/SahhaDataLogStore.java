package io.holisticos.sahha.data;

import static io.holisticos.sahha.data.SahhaDatabase.utc;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.holisticos.database.SmallBatches;
import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;

/**
 * Table {@code sahha_data_log}: which source recorded what of a member, and when. {@link SahhaRowStore} reads its views
 * {@code sahha_logged_source} and {@code sahha_logged_exercise} together with the rows of a day.
 */
public final class SahhaDataLogStore {

    /** Of one type and source on one day: as many as a night of a restless sleeper has stages. */
    static final int MOST_OF_A_KIND = 60;

    /**
     * Of all types and sources on one day. Those that say something of a day, exercise and what sources of ours recorded, have
     * this limit for themselves, so that it does not matter how much of others came before them.
     */
    static final int MOST_OF_A_DAY = 600;

    /** Tells the triggers that these statements say themselves which days changed ({@code 085-member-changes.sql}). */
    private static final String BY_US = "select set_config('sahha.writer', 'unified-health', true)";

    /** Deliveries of one member wait for each other here, so that together they keep to the limits. */
    private static final String ONE_AT_A_TIME = BY_US + ", pg_advisory_xact_lock(hashtextextended(:key, 0))";

    private static final String SAVE = ClasspathSqlLocator.removingComments()
            .locate("io.holisticos.sahha.data.save-data-logs")
            .strip();

    private static final String PRUNE = """
            with gone as (
                delete from sahha_data_log where ctid = any (array(
                    select ctid from sahha_data_log where day < :before order by day limit :most))
                returning profile_id, day, sleep_day, log_type, source
            ), changed as (
                select profile_id, array_agg(distinct told.day) as days
                from gone cross join lateral (
                    values (gone.day), (case when gone.log_type <> 'exercise' then gone.sleep_day end)
                ) told (day)
                where told.day is not null
                  and (log_type = 'exercise' or lower(source) = any (string_to_array(:ours, chr(10))))
                group by profile_id
            ), noted as materialized (
                select sahha_note_days(profile_id, 'deletion', days) from changed
            )
            select count(*), (select count(*) from noted) from gone""";

    private final SahhaDatabase database;

    SahhaDataLogStore(SahhaDatabase database) {
        this.database = database;
    }

    /**
     * Saves what is new, up to the limits of each day. Within the transaction that saves the event.
     *
     * @param ours what sources of ours are called in logs, in lower case
     */
    void save(Handle transaction, UserId who, List<SahhaDataLog> logs, Set<String> ours, Instant now) {
        transaction
                .createQuery(ONE_AT_A_TIME)
                .bind("key", "data_logs/" + who.value())
                .map((row, context) -> 0)
                .list();
        transaction
                .createQuery(SAVE)
                .bind("who", who.value())
                .bind("logs", database.write(json(logs)))
                .bind("now", utc(now))
                .bind("mostOfDay", MOST_OF_A_DAY)
                .bind("mostOfKind", MOST_OF_A_KIND)
                .bind("ours", String.join("\n", ours))
                .map((row, context) -> 0)
                .list();
    }

    /**
     * Deletes the logs of the days before this one.
     *
     * @param ours what sources of ours are called in logs, in lower case
     * @throws JdbiException when the database fails
     */
    public void prune(LocalDate before, Set<String> ours) {
        SmallBatches.work(most -> database.untranslated(handle -> handle.inTransaction(transaction -> {
            transaction.createQuery(BY_US).map((row, context) -> 0).list();
            return transaction
                    .createQuery(PRUNE)
                    .bind("before", before)
                    .bind("ours", String.join("\n", ours))
                    .bind("most", most)
                    .map((row, context) -> row.getInt(1))
                    .one();
        })));
    }

    private static ArrayNode json(List<SahhaDataLog> logs) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        logs.stream()
                .distinct()
                .forEach(log -> array.addObject()
                        .put("day", log.day().toString())
                        .put("sleep_day", log.sleepDay().toString())
                        .put("log_type", log.logType())
                        .put("data_type", log.dataType())
                        .put("source", log.source())
                        .put("start_at", log.start().toString())
                        .put("end_at", log.end().toString()));
        return array;
    }
}
