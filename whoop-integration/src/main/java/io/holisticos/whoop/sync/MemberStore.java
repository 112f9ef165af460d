package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.MemberState.NewestCycle;
import io.holisticos.whoop.sync.MemberState.Night;
import io.holisticos.whoop.sync.MemberState.Read;
import io.holisticos.whoop.sync.Step.Walk;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * Table {@code whoop_member_sync}, and what stands around it: all that the planner wants to know of a member comes by one
 * statement, since nothing else is done so often.
 */
final class MemberStore {

    /** A delivery may be so late: WHOOP tries again for about an hour. */
    private static final Duration DELIVERY = Duration.ofMinutes(75);

    /** A record that a list lacked so long ago was looked for again meanwhile, or its member cannot be read. */
    private static final Duration MISSED = Duration.ofDays(1);

    private static final String LOAD = """
        select m.*,
            night.id as night_id, night.cycle_id as night_cycle_id, night.start_at as night_start,
            night.end_at as night_end, night.timezone_offset as night_offset,
            of_night.score_state as night_cycle_state,
            newest.id as cycle_id, newest.start_at as cycle_start, newest.timezone_offset as cycle_offset,
            exists (select from whoop_sync s
                where s.user_id = m.user_id and s.state in ('queued', 'running')) as asked,
            exists (select from whoop_absence a
                where a.user_id = m.user_id and (a.missed_before is not null or a.missed_at > :missed)) as absent,
            exists (select from whoop_sync_failure f where f.user_id = m.user_id) as failing,
            c.collection, c.record_id, c.happened, c.first_told_at, c.told_at, c.due_at, c.rung,
            exists (select from whoop_change p
                where p.user_id = c.user_id and p.record_id = c.record_id and p.collection <> c.collection
                  and p.happened = 'updated' and p.outcome = 'done' and p.done_at > :late) as partner_settled,
            exists (select from whoop_change d
                where d.user_id = c.user_id and d.record_id = c.record_id and d.happened = 'deleted') as buried,
            coalesce(held_sleep.start_at, held_workout.start_at) as held_start,
            held_sleep.cycle_id as held_cycle_id
        from whoop_member_sync m
        left join lateral (
            select s.id, s.cycle_id, s.start_at, s.end_at, s.timezone_offset from whoop_sleep s
            where s.user_id = m.user_id and not s.nap and s.deleted_at is null and s.score_state <> 'PENDING_SCORE'
            order by s.end_at desc limit 1) night on true
        left join whoop_cycle of_night
            on of_night.user_id = m.user_id and of_night.id = night.cycle_id and of_night.deleted_at is null
        left join lateral (
            select y.id, y.start_at, y.timezone_offset from whoop_cycle y
            where y.user_id = m.user_id and y.deleted_at is null
            order by y.start_at desc limit 1) newest on true
        left join whoop_change c on c.user_id = m.user_id and c.done_at is null
        left join whoop_sleep held_sleep on held_sleep.user_id = c.user_id and held_sleep.id = c.record_id
        left join whoop_workout held_workout on held_workout.user_id = c.user_id and held_workout.id = c.record_id
        where m.user_id = :who
        order by c.first_told_at\
        """;

    private static final String SAVE = """
        update whoop_member_sync
        set cycles_listed_at = :cycles, sleeps_listed_at = :sleeps, recoveries_listed_at = :recoveries,
            workouts_listed_at = :workouts, relist_before = :relistBefore,
            walk_collection = :walkCollection, walk_start = :walkStart, walk_end = :walkEnd,
            walk_unread_end = :walkUnreadEnd, walk_token = :walkToken, walk_pages = :walkPages,
            walk_begun_at = :walkBegunAt, walk_lane = :walkLane, walk_tokens = :walkTokens,
            pause_lane = :pauseLane, paused_until = :pausedUntil, failures = :failures,
            throttled = :throttled, failure = :failure, failure_collection = :failureCollection, recorded_at = :now
        where user_id = :who and whoop_user_id is not distinct from cast(:account as bigint)\
        """;
    private static final String SAVE_AND_LOAD = SAVE + ";\n" + LOAD;
    private static final String SETTLE_SAVE_AND_LOAD = ChangeStore.SETTLE + SAVE_AND_LOAD;
    private static final String SAVE_BACKFILL = """
        update whoop_member_sync
        set backfill_collection = :walkCollection, backfill_start = :walkStart, backfill_end = :walkEnd,
            backfill_unread_end = :walkUnreadEnd, backfill_token = :walkToken, backfill_pages = :walkPages,
            backfill_begun_at = :walkBegunAt, backfill_tokens = :walkTokens, recorded_at = :now
        where user_id = :who and whoop_user_id is not distinct from cast(:account as bigint)\
        """;
    /** Who changes the account waits for whoever keeps records of it, and sees them then. */
    private static final String CONNECT = """
        insert into whoop_member_sync as held (user_id, connected_at, recorded_at) values (:who, :now, :now)
        on conflict (user_id) do update
        set stopped_at = null, pause_lane = null, paused_until = null, failures = 0,
            connected_at = excluded.connected_at, recorded_at = excluded.recorded_at\
        """;

    private static final String FORSAKEN = """
        select c.user_id, c.whoop_user_id from whoop_connection c
        left join whoop_member_sync m on m.user_id = c.user_id
        where c.state in ('active', 'refreshing') and (m.user_id is null or m.stopped_at is not null
            or m.whoop_user_id is distinct from c.whoop_user_id)\
        """;
    private static final String ADMIT = """
        insert into whoop_member_sync as held (user_id, connected_at, recorded_at) values (:who, :now, :now)
        on conflict (user_id) do update
        set stopped_at = null, pause_lane = null, paused_until = null, failures = 0,
            recorded_at = excluded.recorded_at\
        """;
    private static final String ACCOUNT = """
        update whoop_member_sync
        set cycles_listed_at = null, sleeps_listed_at = null, recoveries_listed_at = null,
            workouts_listed_at = null, walk_collection = null, backfill_collection = null, covered_from = null,
            pause_lane = null, paused_until = null, failures = 0, whoop_user_id = :account, recorded_at = :now
        where user_id = :who and whoop_user_id is distinct from :account\
        """;
    private static final String STOP = """
        update whoop_member_sync set stopped_at = :now, recorded_at = :now
        where user_id = :who and connected_at <= :begun\
        """;
    /** Whom somebody waits for comes at once, the others within a minute. What had failed before is not forgotten. */
    private static final String RESUME = """
        with paused as materialized (
            select user_id, pause_lane from whoop_member_sync
            where paused_until > :now and (throttled or failures = 0) for update
        ), resumed as (
            update whoop_member_sync m
            set pause_lane = case when m.failures > 0 then m.pause_lane end,
                paused_until = case when m.failures > 0 then cast(:now as timestamptz) end, recorded_at = :now
            from paused where m.user_id = paused.user_id
            returning m.user_id
        ), woken as (
            update scheduled_tasks t set version = t.version + 1, execution_time = least(t.execution_time,
                cast(:now as timestamptz) + case when paused.pause_lane in ('interactive', 'webhook') then 0
                    else abs(hashtext(paused.user_id) % 60) end * interval '1 second')
            from paused
            where t.task_name = :task and t.task_instance = paused.user_id and not t.picked
              and t.execution_time > :now
            returning t.task_instance
        )
        select count(*) from resumed\
        """;

    private static final String COVER =
            "update whoop_member_sync set covered_from = :from, recorded_at = :now where user_id = :who";
    private static final String FRESHNESS = """
        select covered_from, cycles_listed_at, sleeps_listed_at, recoveries_listed_at, workouts_listed_at
        from whoop_member_sync where user_id = :who\
        """;
    private static final String NEWEST = """
        select max(greatest(cycles_listed_at, sleeps_listed_at, recoveries_listed_at, workouts_listed_at)) as newest
        from whoop_member_sync\
        """;

    private final Jdbi jdbi;

    MemberStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * What the tables say of a member.
     *
     * @param offset where they were last; UTC when nothing is held of them
     */
    record Row(
            MemberState.Told told,
            Read read,
            @Nullable Night night,
            @Nullable NewestCycle cycle,
            ZoneOffset offset,
            @Nullable Walk backfill,
            Flags flags) {}

    /**
     * What is to be known besides.
     *
     * @param stopped whether no calls can be made for the member
     * @param asked whether there are runs to be looked up
     * @param absent whether there are absences to be looked up
     * @param failing whether something fails that is to be looked up
     */
    record Flags(boolean stopped, boolean asked, boolean absent, boolean failing) {}

    /** A member with a connection of which nothing came. */
    record Forsaken(UserId who, long whoopUserId) {}

    /** Those for whom calls can be made, and whom nobody keeps current. */
    List<Forsaken> forsaken() {
        return jdbi.withHandle(handle -> handle.createQuery(FORSAKEN)
                .map((row, context) -> new Forsaken(new UserId(row.getString(1)), row.getLong(2)))
                .list());
    }

    /** Empty for who never connected. */
    Optional<Row> load(UserId who, Instant now) {
        return jdbi.withHandle(handle -> bindLoad(handle.createQuery(LOAD), now)
                .bind("who", who.value())
                .scanResultSet((results, context) -> {
                    try (context) {
                        return MemberRows.read(results.get());
                    }
                }));
    }

    /** Saves what was read, and what it settled, all at once, and returns what the tables say then, as {@link #load}. */
    Optional<Row> save(UserId who, Read read, Settlement settled, Instant now) {
        boolean settles = !(settled.closed().isEmpty()
                && settled.moved().isEmpty()
                && settled.added().isEmpty()
                && settled.alongside().isEmpty());
        return jdbi.withHandle(handle -> {
            Update update = settles
                    ? handle.createUpdate(SETTLE_SAVE_AND_LOAD).bind("settled", ChangeStore.written(settled))
                    : handle.createUpdate(SAVE_AND_LOAD);
            return bindLoad(MemberRows.bind(update, who, read, now), now).execute((execution, context) -> {
                try (context) {
                    PreparedStatement statement = execution.get();
                    statement.getMoreResults(); // the first result is the count of what was saved
                    return MemberRows.read(statement.getResultSet());
                }
            });
        });
    }

    /** Saves what was read, unless the member has another account by now. */
    void save(UserId who, Read read, Instant now) {
        jdbi.useHandle(handle ->
                MemberRows.bind(handle.createUpdate(SAVE), who, read, now).execute());
    }

    /** Saves how far a backfill is; null when a gap is closed. */
    void saveBackfill(Owner owner, @Nullable Walk walk, Instant now) {
        jdbi.useHandle(handle -> MemberRows.bindWalk(handle.createUpdate(SAVE_BACKFILL), walk)
                .bind("who", owner.who().value())
                .bindByType("account", owner.account(), Long.class)
                .bind("now", utc(now))
                .execute());
    }

    /** The member gave consent: calls can be made again. */
    void connect(UserId who, Instant now) {
        update(CONNECT, who, now);
    }

    /** Whether the member has come with another account than before, or for the first time; what was read counts no more. */
    boolean isAnotherAccount(UserId who, @Nullable Long whoopUserId, Instant now) {
        return jdbi.withHandle(handle -> handle.createUpdate(ACCOUNT)
                        .bind("who", who.value())
                        .bindByType("account", whoopUserId, Long.class)
                        .bind("now", utc(now))
                        .execute()
                == 1);
    }

    /** Whose account was read last; empty when it is nobody's, or not known. */
    Optional<Long> account(UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select whoop_user_id from whoop_member_sync where user_id = :who and whoop_user_id is not"
                                + " null")
                .bind("who", who.value())
                .mapTo(Long.class)
                .findOne());
    }

    /** Somebody asks for the member to be read: it is tried, whatever came before. */
    void admit(UserId who, Instant now) {
        update(ADMIT, who, now);
    }

    /**
     * No calls can be made for the member until they connect. Returns false, and does nothing, if they did since the
     * refused call was begun.
     */
    boolean stop(UserId who, Instant begun, Instant now) {
        return jdbi.withHandle(handle -> handle.createUpdate(STOP)
                        .bind("who", who.value())
                        .bind("begun", utc(begun))
                        .bind("now", utc(now))
                        .execute()
                == 1);
    }

    /** Ends the pauses of all who wait for permits, and has their jobs run. Returns how many they are. */
    int resume(String task, Instant now) {
        return jdbi.withHandle(handle -> handle.createQuery(RESUME)
                .bind("task", task)
                .bind("now", utc(now))
                .mapTo(Integer.class)
                .one());
    }

    void cover(UserId who, Instant from, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(COVER)
                .bind("who", who.value())
                .bind("from", utc(from))
                .bind("now", utc(now))
                .execute());
    }

    /** Empty before all collections were read once. */
    Optional<Freshness> findFreshness(UserId who) {
        return jdbi.withHandle(handle -> handle.createQuery(FRESHNESS)
                .bind("who", who.value())
                .map((row, context) ->
                        Freshness.of(MemberRows.instantOrNull(row, "covered_from"), MemberRows.listedAt(row)))
                .findOne()
                .flatMap(freshness -> freshness));
    }

    /** When a list of any member was last read; empty before the first. */
    Optional<Instant> lastListedAt() {
        return jdbi.withHandle(handle -> handle.createQuery(NEWEST)
                .map((row, context) -> Optional.ofNullable(MemberRows.instantOrNull(row, "newest")))
                .one());
    }

    private void update(String sql, UserId who, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(sql)
                .bind("who", who.value())
                .bind("now", utc(now))
                .execute());
    }

    private static <S extends SqlStatement<S>> S bindLoad(S load, Instant now) {
        return load.bind("late", utc(now.minus(DELIVERY))).bind("missed", utc(now.minus(MISSED)));
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }
}
