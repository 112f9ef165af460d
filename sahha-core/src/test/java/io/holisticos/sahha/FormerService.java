package io.holisticos.sahha;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/** The statements of the former service and of the AI service on the shared tables, as their sources show them. */
final class FormerService {

    /** PostgreSQL's code of a key that another table still refers to. */
    private static final String STILL_REFERENCED = "23503";

    private final Jdbi jdbi;
    private final boolean upserts;

    /** @param upserts whether the later unique keys are there, which its upserts name */
    FormerService(Jdbi jdbi, boolean upserts) {
        this.jdbi = jdbi;
        this.upserts = upserts;
    }

    void saveUserAndProfile(String who, String user, Instant now) {
        jdbi.useHandle(handle -> {
            handle.createUpdate("insert into users (id, email) values (cast(:user as uuid), 'synthetic@example.com')"
                            + " on conflict (id) do nothing")
                    .bind("user", user)
                    .execute();
            handle.createUpdate("""
                    insert into profiles (id, data, user_id, sahha_external_id) values (:who, '{}', cast(:user as uuid), :who)
                    on conflict (id) do update set user_id = excluded.user_id, last_webhook_received_at = :now""")
                    .bind("who", who)
                    .bind("user", user)
                    .bind("now", now.atOffset(ZoneOffset.UTC).toLocalDateTime())
                    .execute();
        });
    }

    void saveScore(String who, String type, OffsetDateTime at, String score, String state, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into scores (profile_id, type, score, state, data, score_date_time, sahha_score_id, sync_date,
                            created_at, updated_at)
                        values (:who, :type, cast(:score as double precision), :state, cast(:data as jsonb), :at, 'former',
                            cast(:now as date), :now, :now)""" + (upserts ? """
                         on conflict (profile_id, type, score_date_time) do update set score = excluded.score,
                            state = excluded.state, data = excluded.data, updated_at = excluded.updated_at""" : ""))
                .bind("who", who)
                .bind("type", type)
                .bind("score", score)
                .bind("state", state)
                .bind("data", """
                        {"id":"former","type":"%s","score":%s,"state":"%s","factors":[],"version":1,"dataSources":["sleep"],
                         "createdAtUtc":"%s","scoreDateTime":"%s"}""".formatted(type, score, state, now, at))
                .bind("at", at.withOffsetSameInstant(ZoneOffset.UTC))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    void saveBiomarker(String who, String type, OffsetDateTime start, String value, Instant now) {
        OffsetDateTime end = start.plusDays(1).minusSeconds(1);
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into biomarkers (profile_id, category, type, data, start_date_time, end_date_time,
                            sahha_biomarker_id, value, unit, created_at, updated_at)
                        values (:who, 'activity', :type, cast(:data as jsonb), :start, :end, 'former', :value, 'count', :now,
                            :now)""" + (upserts ? """
                         on conflict (profile_id, type, start_date_time, end_date_time) do update set value = excluded.value,
                            data = excluded.data, updated_at = excluded.updated_at""" : ""))
                .bind("who", who)
                .bind("type", type)
                .bind("value", value)
                .bind("data", """
                        {"id":"former","category":"activity","type":"%s","value":"%s","unit":"count","valueType":"integer",
                         "aggregation":"total","periodicity":"daily","startDateTime":"%s","endDateTime":"%s"}""".formatted(type, value, start, end))
                .bind("start", start.withOffsetSameInstant(ZoneOffset.UTC))
                .bind("end", end.withOffsetSameInstant(ZoneOffset.UTC))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    void saveArchetype(String who, String name, OffsetDateTime start, String value, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into archetypes (profile_id, name, periodicity, value, data, start_date_time, end_date_time,
                            sahha_archetype_id, start_date_only, created_at, updated_at)
                        values (:who, :name, 'weekly', :value, cast(:data as jsonb), :start, :end, 'former', cast(:start as date),
                            :now, :now)""")
                .bind("who", who)
                .bind("name", name)
                .bind("value", value)
                .bind("data", """
                        {"id":"former","name":"%s","value":"%s","periodicity":"weekly","startDateTime":"%s","endDateTime":"%s"}""".formatted(name, value, start, start.plusDays(6)))
                .bind("start", start.withOffsetSameInstant(ZoneOffset.UTC))
                .bind("end", start.plusDays(6).withOffsetSameInstant(ZoneOffset.UTC))
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    void changeScores(String who, String type, String score, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update scores set score = cast(:score as double precision), updated_at = :now,
                            data = jsonb_set(data, '{score}', cast(:score as jsonb))
                        where profile_id = :who and type = :type""")
                .bind("who", who)
                .bind("type", type)
                .bind("score", score)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    void markNotLatest(String who, Instant before) {
        for (String table : List.of("scores", "biomarkers", "archetypes")) {
            jdbi.useHandle(handle -> handle.createUpdate("update " + table
                            + " set is_latest_for_date = false where profile_id = :who and created_at < :before")
                    .bind("who", who)
                    .bind("before", before.atOffset(ZoneOffset.UTC))
                    .execute());
        }
    }

    void deleteRows(String table, String who) {
        jdbi.useHandle(handle -> handle.createUpdate("delete from " + table + " where profile_id = :who")
                .bind("who", who)
                .execute());
    }

    /**
     * The keys of archetypes do not cascade, so their rows go first. One that another writer puts in between stops it, be that a
     * second instance of its own: then it begins again.
     */
    void deleteUser(String who, String user) {
        boolean stopped;
        do {
            deleteRows("archetypes", who);
            stopped = !deletesUser(user);
        } while (stopped);
    }

    private boolean deletesUser(String user) {
        try {
            jdbi.useHandle(handle -> handle.createUpdate("delete from users where id = cast(:user as uuid)")
                    .bind("user", user)
                    .execute());
            return true;
        } catch (UnableToExecuteStatementException refused) {
            if (refused.getCause() instanceof SQLException cause && STILL_REFERENCED.equals(cause.getSQLState())) {
                return false;
            }
            throw refused;
        }
    }

    /** As the AI service reads when the entry point does not answer. */
    List<Map<String, Object>> scores(String who, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select id::text, profile_id, type, score, data, data->>'state' as state, score_date_time, created_at,
                               updated_at, sahha_score_id, sync_date, is_latest_for_date, data_sources
                        from scores where profile_id = :who and score_date_time >= :since and score is not null
                        order by score_date_time desc limit 1000""")
                .bind("who", who)
                .bind("since", now.minus(Duration.ofDays(60)).atOffset(ZoneOffset.UTC))
                .mapToMap()
                .list());
    }

    List<Map<String, Object>> biomarkers(String who) {
        return jdbi.withHandle(
                handle -> handle.createQuery("""
                        select id::text, profile_id, category, type, data, value, unit, value_type, periodicity, aggregation,
                               sahha_biomarker_id, start_date_time, end_date_time
                        from biomarkers where profile_id = :who order by start_date_time desc limit 1000""").bind("who", who).mapToMap().list());
    }

    boolean hasProfile(String who) {
        return jdbi.withHandle(handle -> handle.createQuery("select exists (select 1 from profiles where id = :who)")
                .bind("who", who)
                .mapTo(Boolean.class)
                .one());
    }
}
