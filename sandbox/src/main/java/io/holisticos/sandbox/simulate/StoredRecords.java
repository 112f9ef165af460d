package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;
import org.jdbi.v3.core.Jdbi;

/** Reads the service's tables with statements of its own, so that a mistake of the service's code is noticed. */
final class StoredRecords implements AutoCloseable {

    private static final String ROWS = """
            select 'cycles', cast(row_to_json(stored) as text) from whoop_cycle stored
            where user_id = :who and deleted_at is null
            union all
            select 'recoveries', cast(row_to_json(stored) as text) from whoop_recovery stored
            where user_id = :who and deleted_at is null
            union all
            select 'sleeps', cast(row_to_json(stored) as text) from whoop_sleep stored
            where user_id = :who and deleted_at is null
            union all
            select 'workouts', cast(row_to_json(stored) as text) from whoop_workout stored
            where user_id = :who and deleted_at is null
            union all
            select 'body_measurement', cast(row_to_json(stored) as text) from whoop_body_measurement stored
            where user_id = :who and deleted_at is null""";
    private static final String VERSIONS = """
            select 'sleep', id, updated_at, recorded_at from whoop_sleep where user_id = :who
            union all
            select 'sleep', id, updated_at, recorded_at from whoop_sleep_history where user_id = :who
            union all
            select 'recovery', sleep_id, updated_at, recorded_at from whoop_recovery where user_id = :who
            union all
            select 'recovery', sleep_id, updated_at, recorded_at from whoop_recovery_history where user_id = :who
            union all
            select 'workout', id, updated_at, recorded_at from whoop_workout where user_id = :who
            union all
            select 'workout', id, updated_at, recorded_at from whoop_workout_history where user_id = :who""";
    private static final String TOMBSTONES = """
            select collection, cast(id as uuid), deleted_at, recorded_at from whoop_tombstone
            where user_id = :who and collection in ('sleep', 'recovery', 'workout')""";
    private static final String BACKFILLS =
            "select count(*) from whoop_sync where kind = 'backfill' and state in ('queued', 'running')";
    private static final String STATE = "select state from whoop_connection where user_id = :who";

    static final int CONNECTIONS = 8;

    private final DataSource pool;
    private final Jdbi jdbi;

    /** @param url of the database {@code whoop} */
    StoredRecords(String url) {
        PoolProperties properties = new PoolProperties();
        properties.setUrl(url);
        properties.setDriverClassName("org.postgresql.Driver");
        properties.setMaxActive(CONNECTIONS);
        properties.setMaxIdle(CONNECTIONS);
        properties.setMinIdle(1);
        properties.setInitialSize(1);
        this.pool = new DataSource(properties);
        this.jdbi = Jdbi.create(pool);
    }

    @Override
    public void close() {
        pool.close();
    }

    /** How many members' backfills are not finished. */
    int openBackfills() {
        return jdbi.withHandle(
                handle -> handle.createQuery(BACKFILLS).mapTo(Integer.class).one());
    }

    /**
     * A version of a record that was stored at some time.
     *
     * @param kind as in the type of an event, such as {@code sleep}
     * @param id the record's id; for a recovery, its sleep's
     * @param changedAt WHOOP's {@code updated_at}
     * @param storedAt by the simulated clock
     */
    record Version(String kind, UUID id, Instant changedAt, Instant storedAt) {}

    /** All rows of a member that are not deleted, by kind as the twin names it. */
    Map<String, List<JsonNode>> rows(String userId) {
        Map<String, List<JsonNode>> rows = new TreeMap<>();
        jdbi.useHandle(handle -> handle.createQuery(ROWS)
                .bind("who", userId)
                .map((row, context) -> Map.entry(row.getString(1), parsed(row.getString(2))))
                .forEach(row -> rows.computeIfAbsent(row.getKey(), any -> new ArrayList<>())
                        .add(row.getValue())));
        return rows;
    }

    /** Every version ever stored of the records that events announce. */
    List<Version> versions(String userId) {
        return versions(VERSIONS, userId);
    }

    /** Every deletion ever stored. */
    List<Version> tombstones(String userId) {
        return versions(TOMBSTONES, userId);
    }

    /** The state of a member's connection; {@code none} without one. */
    String connectionState(String userId) {
        return jdbi.withHandle(handle -> handle.createQuery(STATE)
                .bind("who", userId)
                .mapTo(String.class)
                .findOne()
                .orElse("none"));
    }

    private List<Version> versions(String sql, String userId) {
        return jdbi.withHandle(handle -> handle.createQuery(sql)
                .bind("who", userId)
                .map((row, context) -> new Version(
                        row.getString(1),
                        row.getObject(2, UUID.class),
                        row.getObject(3, OffsetDateTime.class).toInstant(),
                        row.getObject(4, OffsetDateTime.class).toInstant()))
                .list());
    }

    private static JsonNode parsed(String row) {
        try {
            return AppClient.JSON.readTree(row);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes JSON", e);
        }
    }
}
