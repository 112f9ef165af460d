package io.holisticos.whoop.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.Change.Happened;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Table {@code whoop_change}: what WHOOP told, and how it ended. */
final class ChangeStore {

    /** A night and its recovery are told one after the other; together they cost the same calls. */
    private static final Duration WAIT_FOR_PARTNER = Duration.ofSeconds(20);

    /** Doubles fall together. */
    private static final Duration WAIT_FOR_DOUBLES = Duration.ofSeconds(5);

    /**
     * What was read because its other half was told is owed an event of its own. One that comes so soon is taken for it, and
     * nothing is read again; should it be of a still newer version, the next list shows that.
     */
    private static final Duration OWED = Duration.ofMinutes(15);

    /**
     * Follows {@link News}. The member's row is locked before any change, as whoever saves a page does it: in any other order
     * two of them could wait for each other. Counting its rows makes PostgreSQL lock it first. Then the member's job: nobody
     * takes a locked one, so it is moved to an earlier moment, or due early enough and sure to see the change; unless it is
     * being worked on, and {@link #NEXT} or {@link #LISTED} decides once this is committed.
     */
    private static final String TELL = """
            ), turn as materialized (
                select 1 from whoop_member_sync where user_id = :who and exists (select from news) for update
            ), partner as (
                update whoop_change set due_at = least(due_at, :toldAt), rung = 0
                where (select count(*) from turn) >= 0 and exists (select from news)
                  and user_id = :who and record_id = :record and collection = :partner and happened = 'updated'
                  and :happened = 'updated' and done_at is null
                returning due_at
            ), heard as (
                update whoop_member_sync set last_event_at = :toldAt
                where user_id = :who and (last_event_at is null or last_event_at < :toldAt) and exists (select from news)
            ), owed as (
                update whoop_change set owed = false
                where (select count(*) from turn) >= 0 and exists (select from news) and not exists (select from partner)
                  and user_id = :who and record_id = :record and collection = :collection and happened = 'updated'
                  and :happened = 'updated' and owed and outcome = 'done' and done_at > :owedSince
                returning id
            ), told as (
                insert into whoop_change as held
                    (user_id, collection, record_id, happened, first_told_at, told_at, due_at)
                select :who, :collection, :record, :happened, :toldAt, :toldAt,
                    case when exists (select from partner) then cast(:toldAt as timestamptz) else :dueAt end
                where (select count(*) from turn) >= 0 and exists (select from news) and not exists (select from owed)
                on conflict (user_id, collection, record_id, happened) where done_at is null
                do update set told_at = greatest(held.told_at, excluded.told_at), rung = 0, owed = false,
                    due_at = case when held.rung = 0 then least(held.due_at, excluded.due_at) else excluded.due_at end
                returning due_at
            ), due as (
                select least((select due_at from told), (select min(due_at) from partner)) as due_at
            ), job as materialized (
                select t.picked, t.execution_time from scheduled_tasks t
                where t.task_name = :task and t.task_instance = :who and (select due_at from due) is not null
                for update
            ), moved as (
                update scheduled_tasks t set execution_time = due.due_at, version = t.version + 1
                from due, job
                where t.task_name = :task and t.task_instance = :who and not job.picked and job.execution_time > due.due_at
                returning t.task_instance
            )
            select exists (select from news) as is_news,
                (select due_at from due) is null or exists (select from moved)
                or exists (select from job, due where not job.picked and job.execution_time <= due.due_at) as is_awake""";

    /** Belongs to the statement that saves what was read. What was told again meanwhile stays as it is. */
    static final String SETTLE = """
            with told as (
                select * from json_to_recordset(cast(:settled as json)) as t(collection text, record_id uuid,
                    first_told_at timestamptz, told_at timestamptz, due_at timestamptz, rung integer, outcome text,
                    added boolean)
            ), changed as (
                update whoop_change c
                set due_at = t.due_at, rung = t.rung, outcome = t.outcome,
                    done_at = case when t.outcome is not null then cast(:now as timestamptz) end
                from told t
                where not t.added and c.user_id = :who and c.collection = t.collection and c.record_id = t.record_id
                  and c.happened = 'updated' and c.done_at is null and c.told_at = t.told_at
            ), added as (
                insert into whoop_change
                    (user_id, collection, record_id, happened, first_told_at, told_at, due_at, rung, owed, outcome, done_at)
                select :who, collection, record_id, 'updated', first_told_at, told_at, due_at, rung, true, outcome,
                    case when outcome is not null then cast(:now as timestamptz) end
                from told where added
                on conflict (user_id, collection, record_id, happened) where done_at is null do nothing
            )
            """;

    private static final String BURY = """
            with turn as materialized (
                select 1 from whoop_member_sync where user_id = :who for update
            )
            update whoop_change set done_at = :now, outcome = 'deleted'
            where (select count(*) from turn) >= 0 and user_id = :who and record_id = :record and done_at is null and told_at <= :toldAt
              and (collection = :collection or :collection = 'sleep')""";
    private static final String DROP =
            "update whoop_change set done_at = :now, outcome = 'account_left' where user_id = :who and done_at is null";
    private static final String NEXT = """
            select least(
                (select min(c.due_at) from whoop_member_sync m
                 join whoop_change c on c.user_id = m.user_id and c.done_at is null
                 where m.user_id = :who and coalesce(m.last_event_at, m.connected_at) > :heard),
                (select min(requested_at) from whoop_sync s
                 where s.user_id = :who and s.state in ('queued', 'running') and s.requested_at > :since))""";
    private static final String LISTED = """
            select least(
                (select min(due_at) from whoop_change c where c.user_id = :who and c.done_at is null),
                (select min(requested_at) from whoop_sync s
                 where s.user_id = :who and s.state in ('queued', 'running'))) as due_at,
                t.execution_time, t.picked
            from whoop_member_sync m
            left join scheduled_tasks t on t.task_name = :task and t.task_instance = m.user_id
            where m.user_id = :who""";
    private static final String FORGOTTEN = """
            select m.user_id from whoop_member_sync m
            left join scheduled_tasks t on t.task_name = :task and t.task_instance = m.user_id
            where m.stopped_at is null
              and (t.task_instance is null
                or (not t.picked and t.execution_time > :now
                    and (m.paused_until is null or m.paused_until <= :now)
                    and (exists (select from whoop_change c
                            where c.user_id = m.user_id and c.done_at is null and c.due_at <= :now)
                        or exists (select from whoop_sync s
                            where s.user_id = m.user_id and s.state = 'queued' and s.kind <> 'backfill'))))""";
    private static final String COUNT = """
            select count(*) as open, count(*) filter (where rung > 0) as waiting
            from whoop_change where done_at is null""";
    private static final String PURGE = "delete from whoop_change where done_at < :before";

    private final Jdbi jdbi;

    ChangeStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** How many changes are open, and how many of them wait for what was not there yet. */
    record Counts(int open, int waiting) {}

    /**
     * What is on the list of jobs for a member.
     *
     * @param dueAt when there is something to do; null when nothing is told or asked for
     * @param scheduledAt null when there is no job
     * @param picked whether the job is being worked on
     */
    record Listed(@Nullable Instant dueAt, @Nullable Instant scheduledAt, boolean picked) {}

    /** Notes a change if it is news; one that is open already is told again, which clears its rung. */
    Noted tell(Handle handle, UserId who, Change change, News news, String task) {
        Instant toldAt = change.toldAt();
        return handle.createQuery("with news as (" + news.sql() + TELL)
                .bindMap(news.arguments())
                .bind("who", who.value())
                .bind("collection", change.collection().word())
                .bind("partner", partner(change.collection()))
                .bind("record", change.recordId())
                .bind("happened", change.happened().word())
                .bind("toldAt", utc(toldAt))
                .bind("dueAt", utc(toldAt.plus(patience(change))))
                .bind("owedSince", utc(toldAt.minus(OWED)))
                .bind("task", task)
                .map((row, context) -> new Noted(row.getBoolean("is_news"), row.getBoolean("is_awake")))
                .one();
    }

    /** What a page settled, for {@link #SETTLE}. */
    static String written(Settlement settled) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        settled.closed()
                .forEach(closed -> add(rows, closed.change())
                        .put("outcome", closed.outcome().word()));
        settled.moved().forEach(moved -> add(rows, moved));
        settled.added().forEach(added -> add(rows, added).put("added", true));
        settled.alongside()
                .forEach(read -> add(rows, read).put("added", true).put("outcome", Settlement.Outcome.DONE.word()));
        return rows.toString();
    }

    private static ObjectNode add(ArrayNode rows, OpenChange change) {
        return rows.addObject()
                .put("collection", change.collection().word())
                .put("record_id", change.recordId().toString())
                .put("first_told_at", change.firstToldAt().toString())
                .put("told_at", change.toldAt().toString())
                .put("due_at", change.dueAt().toString())
                .put("rung", change.rung())
                .put("added", false);
    }

    /** Whatever was told is of an account that is the member's no more. */
    void drop(UserId who, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(DROP)
                .bind("who", who.value())
                .bind("now", utc(now))
                .execute());
    }

    /** A deletion is settled, and with it what else was told of the record before; a sleep takes its recovery along. */
    void bury(UserId who, OpenChange deletion, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(BURY)
                .bind("who", who.value())
                .bind("collection", deletion.collection().word())
                .bind("record", deletion.recordId())
                .bind("toldAt", utc(deletion.toldAt()))
                .bind("now", utc(now))
                .execute());
    }

    /**
     * When the first thing is due if anything was told or asked for that a job did not see.
     *
     * @param heard the last event that it saw: others may have been on their way when it looked
     * @param since when it looked
     */
    Optional<Instant> firstDueUnseen(UserId who, Instant heard, Instant since) {
        return jdbi.withHandle(handle -> handle.createQuery(NEXT)
                .bind("who", who.value())
                .bind("heard", utc(heard))
                .bind("since", utc(since))
                .mapTo(Instant.class)
                .findOne());
    }

    /** Empty for who never connected. */
    Optional<Listed> findListed(UserId who, String task) {
        return jdbi.withHandle(handle -> handle.createQuery(LISTED)
                .bind("who", who.value())
                .bind("task", task)
                .map((row, context) -> {
                    OffsetDateTime due = row.getObject("due_at", OffsetDateTime.class);
                    OffsetDateTime scheduled = row.getObject("execution_time", OffsetDateTime.class);
                    return new Listed(
                            due == null ? null : due.toInstant(),
                            scheduled == null ? null : scheduled.toInstant(),
                            row.getBoolean("picked"));
                })
                .findOne());
    }

    /** Members whose job is not on the list, or later than it should be: a kill came in between. */
    List<UserId> forgotten(String task, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery(FORGOTTEN)
                .bind("task", task)
                .bind("now", utc(now))
                .map((row, context) -> new UserId(row.getString(1)))
                .list());
    }

    Counts count() {
        return jdbi.withHandle(handle -> handle.createQuery(COUNT)
                .map((row, context) -> new Counts(row.getInt("open"), row.getInt("waiting")))
                .one());
    }

    /** Removes what was settled before this moment. Returns how many. */
    int purge(Instant before) {
        return jdbi.withHandle(
                handle -> handle.createUpdate(PURGE).bind("before", utc(before)).execute());
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

    /** PostgreSQL keeps microseconds and would round what is finer. */
    private static OffsetDateTime utc(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
