package io.holisticos.whoop.sync;

import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.MemberState.NewestCycle;
import io.holisticos.whoop.sync.MemberState.Night;
import io.holisticos.whoop.sync.MemberState.ReadState;
import io.holisticos.whoop.sync.Step.Listing;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Table {@code whoop_member_sync}. All that the planner wants to know of a member comes by one statement, since nothing else
 * is done so often. What lies in other tables comes by the views and functions of their owners.
 */
final class MemberStore {

    /** A delivery may be so late: WHOOP tries again for about an hour. */
    private static final Duration DELIVERY = Duration.ofMinutes(75);

    /** A record missing for longer was looked for again meanwhile, or its member cannot be read. */
    private static final Duration MISSED = Duration.ofDays(1);

    private static final String STATE = sql("member-state");
    private static final String LOAD = sql("member-load") + STATE;
    private static final String SAVE = """
            update whoop_member_sync
            set cycles_listed_at = :cycles, sleeps_listed_at = :sleeps, recoveries_listed_at = :recoveries,
                workouts_listed_at = :workouts, relist_before = :relistBefore,
                walk_collection = :walkCollection, walk_start = :walkStart, walk_end = :walkEnd,
                walk_unread_end = :walkUnreadEnd, walk_token = :walkToken, walk_pages = :walkPages,
                walk_begun_at = :walkBegunAt, walk_lane = :walkLane, walk_tokens = :walkTokens,
                pause_lane = :pauseLane, paused_until = :pausedUntil, failures = :failures,
                throttled = :throttled, failure = :failure, failure_collection = :failureCollection, recorded_at = :now
            where user_id = :who and whoop_user_id is not distinct from cast(:account as bigint)""";
    private static final String SAVE_AND_LOAD = sql("member-save").replace("{save}", SAVE) + STATE;
    private static final String SAVE_BACKFILL = """
            update whoop_member_sync
            set backfill_collection = :walkCollection, backfill_start = :walkStart, backfill_end = :walkEnd,
                backfill_unread_end = :walkUnreadEnd, backfill_token = :walkToken, backfill_pages = :walkPages,
                backfill_begun_at = :walkBegunAt, backfill_tokens = :walkTokens, recorded_at = :now
            where user_id = :who and whoop_user_id is not distinct from cast(:account as bigint)""";
    private static final String CONNECT = """
            insert into whoop_member_sync as held (user_id, connected_at, recorded_at) values (:who, :now, :now)
            on conflict (user_id) do update
            set stopped_at = null, pause_lane = null, paused_until = null, failures = 0,
                connected_at = excluded.connected_at, recorded_at = excluded.recorded_at""";
    private static final String NOT_SYNCED = """
            select o.user_id, o.whoop_user_id from whoop_account_owner o
            left join whoop_member_sync m on m.user_id = o.user_id
            where o.is_usable and (m.user_id is null or m.stopped_at is not null
                or m.whoop_user_id is distinct from o.whoop_user_id)""";
    private static final String ADMIT = """
            insert into whoop_member_sync as held (user_id, connected_at, recorded_at) values (:who, :now, :now)
            on conflict (user_id) do update
            set stopped_at = null, pause_lane = null, paused_until = null, failures = 0,
                recorded_at = excluded.recorded_at""";
    private static final String ACCOUNT = """
            update whoop_member_sync
            set cycles_listed_at = null, sleeps_listed_at = null, recoveries_listed_at = null,
                workouts_listed_at = null, walk_collection = null, backfill_collection = null, covered_from = null,
                pause_lane = null, paused_until = null, failures = 0, whoop_user_id = :account, recorded_at = :now
            where user_id = :who and whoop_user_id is distinct from :account""";
    private static final String STOP = """
            update whoop_member_sync set stopped_at = :now, recorded_at = :now
            where user_id = :who and connected_at <= :begun""";
    /**
     * Members for whom a caller or an event waits come at once, the others within a minute. Failures that came before stay
     * counted.
     */
    private static final String RESUME = """
            with paused as materialized (
                select user_id, pause_lane from whoop_member_sync
                where paused_until > :now and (throttled or failures = 0) for update
            ), resumed as (
                update whoop_member_sync m
                set pause_lane = case when m.failures > 0 then m.pause_lane end,
                    paused_until = case when m.failures > 0 then cast(:now as timestamptz) end, recorded_at = :now
                from paused where m.user_id = paused.user_id
                returning m.user_id, paused.pause_lane as lane
            )
            select count(*) as members, count(*) filter (where job_wake_up(:task, user_id,
                cast(:now as timestamptz) + case when lane in ('interactive', 'webhook') then 0
                    else abs(hashtext(user_id) % 60) end * interval '1 second', null)) as woken
            from resumed""";

    private static final String WAKE = """
            select due.due_at, job_wake_up(:task, m.user_id, due.due_at, coalesce(due.due_at, :now)) as is_scheduled
            from whoop_member_sync m, lateral (
                select least(
                    (select min(e.due_at) from whoop_pending_event e where e.user_id = m.user_id),
                    (select min(r.requested_at) from whoop_open_run r where r.user_id = m.user_id)) as due_at) due
            where m.user_id = :who""";
    private static final String DUE_UNSEEN = """
            select least(
                (select min(e.due_at) from whoop_member_sync m
                 join whoop_pending_event e on e.user_id = m.user_id
                 where m.user_id = :who and coalesce(m.last_event_at, m.connected_at) > :lastEventAt),
                (select min(r.requested_at) from whoop_open_run r where r.user_id = :who and r.requested_at > :since))""";
    private static final String WITHOUT_JOB = """
            select m.user_id from whoop_member_sync m
            left join job_timetable t on t.task_name = :task and t.task_instance = m.user_id
            where m.stopped_at is null
              and (t.task_instance is null
                or (not t.picked and t.execution_time > :now
                    and (m.paused_until is null or m.paused_until <= :now)
                    and (exists (select from whoop_pending_event e
                            where e.user_id = m.user_id and e.due_at <= :now)
                        or exists (select from whoop_open_run r
                            where r.user_id = m.user_id and r.state = 'queued' and r.kind <> 'backfill'))))""";

    private static final String COVER =
            "update whoop_member_sync set covered_from = :from, recorded_at = :now where user_id = :who";
    private static final String FRESHNESS = """
            select covered_from, cycles_listed_at, sleeps_listed_at, recoveries_listed_at, workouts_listed_at
            from whoop_member_sync where user_id = :who""";
    private static final String NEWEST = """
            select max(greatest(cycles_listed_at, sleeps_listed_at, recoveries_listed_at, workouts_listed_at)) as newest
            from whoop_member_sync""";

    private static final String BY_FRESHNESS = sql("members-by-freshness");

    /** Blocks of the table, of some thirty members each. */
    private static final int SAMPLED_BLOCKS = 500;

    private final Database database;

    MemberStore(Database database) {
        this.database = database;
    }

    /**
     * A member as the tables have them.
     *
     * @param offset the time zone of their newest record; UTC when nothing is stored of them
     */
    record MemberRow(
            MemberState.ReceivedEvents events,
            ReadState read,
            @Nullable Night night,
            @Nullable NewestCycle cycle,
            ZoneOffset offset,
            @Nullable Listing backfill,
            MemberFlags flags) {}

    /**
     * What else is to be looked up.
     *
     * @param stopped whether no calls can be made for the member
     * @param requested whether there are open runs
     * @param absent whether records are missing from lists
     * @param failing whether reads fail
     */
    record MemberFlags(boolean stopped, boolean requested, boolean absent, boolean failing) {}

    /** A member who is connected and not synced. */
    record NotSynced(UserId who, long whoopUserId) {}

    /** Members for whom calls can be made, and who are not synced, or not with the account they have now. */
    List<NotSynced> findNotSynced() {
        return database.withHandle(handle -> handle.createQuery(NOT_SYNCED)
                .map((row, context) -> new NotSynced(new UserId(row.getString(1)), row.getLong(2)))
                .list());
    }

    /** Members who have no job, or whose job is later than what is due: a kill came in between. */
    List<UserId> findWithoutJob(Instant now) {
        return database.withHandle(handle -> handle.createQuery(WITHOUT_JOB)
                .bind("task", SyncJobs.MEMBER_TASK)
                .bind("now", utc(now))
                .map((row, context) -> new UserId(row.getString(1)))
                .list());
    }

    /**
     * Moves the member's job to the moment the first thing is due, and adds it if there is none. Returns when that is; empty
     * when nothing is due, or the member never connected.
     */
    Optional<Instant> wake(UserId who, Instant now) {
        return database.withHandle(handle -> handle.createQuery(WAKE)
                .bind("task", SyncJobs.MEMBER_TASK)
                .bind("who", who.value())
                .bind("now", utc(now))
                .map((row, context) -> Optional.ofNullable(MemberRows.instantOrNull(row, "due_at")))
                .findOne()
                .flatMap(due -> due));
    }

    /**
     * When the first thing is due, if WHOOP sent an event or somebody asked for a run that a job did not see.
     *
     * @param lastEventAt the last event that the job saw: others may have been on their way when it looked
     * @param since when the job looked
     */
    Optional<Instant> firstDueUnseen(UserId who, Instant lastEventAt, Instant since) {
        return database.withHandle(handle -> handle.createQuery(DUE_UNSEEN)
                .bind("who", who.value())
                .bind("lastEventAt", utc(lastEventAt))
                .bind("since", utc(since))
                .mapTo(Instant.class)
                .findOne());
    }

    /** Empty for a member who never connected. */
    Optional<MemberRow> load(UserId who, Instant now) {
        return database.withHandle(handle -> bindLoad(handle.createQuery(LOAD), now)
                .bind("who", who.value())
                .scanResultSet((results, context) -> {
                    try (context) {
                        return MemberRows.read(results.get());
                    }
                }));
    }

    /**
     * Saves what was read and settles events by it, all in one statement, and returns the member as {@link #load} does.
     * Nothing is saved if the member has another account by now. The member is then loaded anew, since this statement saw
     * them as they were before the account changed.
     */
    Optional<MemberRow> save(UserId who, ReadState read, Settlement settled, Instant now) {
        Optional<MemberRow> saved = database.withHandle(handle -> bindLoad(
                        MemberRows.bind(handle.createQuery(SAVE_AND_LOAD), who, read, now), now)
                .bind("settled", RecordEventStore.written(settled))
                .scanResultSet((results, context) -> {
                    try (context) {
                        return MemberRows.readSaved(results.get());
                    }
                }));
        return saved.isPresent() ? saved : load(who, now);
    }

    /** Saves how far the member was read, unless the member has another account by now. */
    void save(UserId who, ReadState read, Instant now) {
        database.useHandle(handle ->
                MemberRows.bind(handle.createUpdate(SAVE), who, read, now).execute());
    }

    /** Saves how far a backfill is. The listing is null when a gap is closed. */
    void saveBackfill(RecordOwner owner, @Nullable Listing listing, Instant now) {
        database.useHandle(handle -> MemberRows.bindListing(handle.createUpdate(SAVE_BACKFILL), listing)
                .bind("who", owner.who().value())
                .bindByType("account", owner.account(), Long.class)
                .bind("now", utc(now))
                .execute());
    }

    /** The member gave consent: calls can be made again. */
    void connect(UserId who, Instant now) {
        update(CONNECT, who, now);
    }

    /** Saves the account. Returns whether it is another one than before: then nothing counts as read. */
    boolean isAnotherAccount(UserId who, @Nullable Long whoopUserId, Instant now) {
        return database.withHandle(handle -> handle.createUpdate(ACCOUNT)
                        .bind("who", who.value())
                        .bindByType("account", whoopUserId, Long.class)
                        .bind("now", utc(now))
                        .execute()
                == 1);
    }

    /** The account that was read last; empty when it is not known. */
    Optional<Long> account(UserId who) {
        return database.withHandle(handle -> handle.createQuery(
                        "select whoop_user_id from whoop_member_sync where user_id = :who and whoop_user_id is not null")
                .bind("who", who.value())
                .mapTo(Long.class)
                .findOne());
    }

    /** Somebody asks for the member to be read: pauses and stops end. */
    void admit(UserId who, Instant now) {
        update(ADMIT, who, now);
    }

    /**
     * No calls can be made for the member until they connect. Returns false, and does nothing, if they did since the
     * refused call was begun.
     */
    boolean stop(UserId who, Instant begun, Instant now) {
        return database.withHandle(handle -> handle.createUpdate(STOP)
                        .bind("who", who.value())
                        .bind("begun", utc(begun))
                        .bind("now", utc(now))
                        .execute()
                == 1);
    }

    /** Ends the pauses of all members who wait for a permit, and wakes their jobs. Returns how many they are. */
    int resume(Instant now) {
        return database.withHandle(handle -> handle.createQuery(RESUME)
                .bind("task", SyncJobs.MEMBER_TASK)
                .bind("now", utc(now))
                .map((row, context) -> row.getInt("members"))
                .one());
    }

    void cover(UserId who, Instant from, Instant now) {
        database.useHandle(handle -> handle.createUpdate(COVER)
                .bind("who", who.value())
                .bind("from", utc(from))
                .bind("now", utc(now))
                .execute());
    }

    /** Empty before all collections were read once. */
    Optional<SyncFreshness> findFreshness(UserId who) {
        return database.withHandle(handle -> handle.createQuery(FRESHNESS)
                .bind("who", who.value())
                .map((row, context) ->
                        SyncFreshness.of(MemberRows.instantOrNull(row, "covered_from"), MemberRows.listedAt(row)))
                .findOne()
                .flatMap(freshness -> freshness));
    }

    /** When a list of any member was last read; empty before the first. */
    Optional<Instant> lastListedAt() {
        return database.withHandle(handle -> handle.createQuery(NEWEST)
                .map((row, context) -> Optional.ofNullable(MemberRows.instantOrNull(row, "newest")))
                .one());
    }

    private void update(String sql, UserId who, Instant now) {
        database.useHandle(handle -> handle.createUpdate(sql)
                .bind("who", who.value())
                .bind("now", utc(now))
                .execute());
    }

    private static <S extends SqlStatement<S>> S bindLoad(S load, Instant now) {
        return load.bind("late", utc(now.minus(DELIVERY))).bind("missed", utc(now.minus(MISSED)));
    }

    private static String sql(String name) {
        return ClasspathSqlLocator.removingComments()
                        .getResource(MemberStore.class.getClassLoader(), "io/holisticos/whoop/sync/" + name + ".sql")
                + "\n";
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }

    /** How many connected members were last read when; estimated from so many blocks of the table, if it has more. */
    MembersByFreshness byFreshness(Instant now) {
        return byFreshness(now, SAMPLED_BLOCKS);
    }

    MembersByFreshness byFreshness(Instant now, int blocks) {
        return database.withHandle(handle -> handle.createQuery(BY_FRESHNESS)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .bind("blocks", blocks)
                .map((row, context) -> {
                    Map<String, Double> byAge = new HashMap<>();
                    for (String age : MembersByFreshness.AGES) {
                        byAge.put(age, row.getDouble(age));
                    }
                    return new MembersByFreshness(byAge);
                })
                .one());
    }
}
