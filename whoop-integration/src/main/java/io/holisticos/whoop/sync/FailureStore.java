package io.holisticos.whoop.sync;

import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.ReadFailures.ReadFailure;
import io.holisticos.whoop.sync.ReadFailures.ReadTarget;
import io.holisticos.whoop.sync.SyncRun.Stage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Table {@code whoop_sync_failure}: a row for each read of a member that fails. */
final class FailureStore {

    private static final String OF = """
            select stage, further_back, error, failures, retry_at from whoop_sync_failure where user_id = :who""";
    /** A change of the account waits for this, and removes the row then. */
    private static final String SAVE = """
            insert into whoop_sync_failure (user_id, stage, further_back, error, failures, retry_at, recorded_at)
            select :who, :stage, :furtherBack, :error, :failures, cast(:retryAt as timestamptz),
                cast(:now as timestamptz)
            where whoop_member_has_account(:who, :account)
            on conflict (user_id, stage, further_back) do update
            set error = excluded.error, failures = excluded.failures, retry_at = excluded.retry_at,
                recorded_at = excluded.recorded_at""";

    private static final String OVER = """
            delete from whoop_sync_failure where user_id = :who and stage = :stage and further_back = :furtherBack
              and whoop_member_has_account(:who, :account)""";
    private static final String RETRY = """
            update whoop_sync_failure set retry_at = :now, recorded_at = :now where user_id = :who and retry_at > :now""";
    private static final String FORGET = "delete from whoop_sync_failure where user_id = :who";
    private static final String FORGET_PERSON = """
            delete from whoop_sync_failure where user_id = :who and stage in ('profile', 'body_measurement')""";
    private static final String LEAVE_THE_PAST = """
            with past as (
                delete from whoop_sync_failure where user_id = :who and further_back returning *
            )
            insert into whoop_sync_failure (user_id, stage, further_back, error, failures, retry_at, recorded_at)
            select user_id, stage, false, error, failures, :now, :now from past
            on conflict (user_id, stage, further_back) do nothing""";

    /** Outages are counted where they pause a lane. */
    private static final String FAILING = """
            with failing as (
                select f.user_id, f.error, f.stage as what from whoop_sync_failure f where f.failures >= :times
                union all
                select m.user_id, m.failure, m.failure_collection from whoop_member_status m
                where m.failures >= :times and m.failure = 'unavailable'
            )
            select {what} from failing
            join whoop_member_status m on m.user_id = failing.user_id and m.stopped_at is null""";

    private static final String EACH =
            FAILING.replace("{what}", "failing.error, failing.what, count(distinct failing.user_id) as members") + """

            group by failing.error, failing.what order by members desc, failing.error, failing.what""";
    private static final String MEMBERS = FAILING.replace("{what}", "count(distinct failing.user_id)");

    private final Database database;

    FailureStore(Database database) {
        this.database = database;
    }

    ReadFailures of(UserId who) {
        return new ReadFailures(database.withHandle(handle -> handle.createQuery(OF)
                .bind("who", who.value())
                .map((row, context) -> Map.entry(target(row), failed(row)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue))));
    }

    /** Saves a failure, unless the member has another account by now. */
    void save(RecordOwner owner, ReadTarget target, ReadFailure failed, Instant now) {
        database.useHandle(handle -> handle.createUpdate(SAVE)
                .bind("who", owner.who().value())
                .bindByType("account", owner.account(), Long.class)
                .bind("stage", target.stage().word())
                .bind("furtherBack", target.furtherBack())
                .bind("error", failed.error().word())
                .bind("failures", failed.times())
                .bind("retryAt", utc(failed.retryAt()))
                .bind("now", utc(now))
                .execute());
    }

    /** The read works again. Nothing changes if the member has another account by now. */
    void over(RecordOwner owner, ReadTarget target) {
        database.useHandle(handle -> handle.createUpdate(OVER)
                .bind("who", owner.who().value())
                .bindByType("account", owner.account(), Long.class)
                .bind("stage", target.stage().word())
                .bind("furtherBack", target.furtherBack())
                .execute());
    }

    /** Somebody asks for the member to be read: every failing read is tried now. Returns how many these are. */
    int retry(UserId who, Instant now) {
        return update(RETRY, who, now);
    }

    /** Removes every failure of the member. */
    void forget(UserId who) {
        database.useHandle(
                handle -> handle.createUpdate(FORGET).bind("who", who.value()).execute());
    }

    /** Removes failures of the profile and of the body measurement. */
    void forgetPerson(UserId who) {
        database.useHandle(handle ->
                handle.createUpdate(FORGET_PERSON).bind("who", who.value()).execute());
    }

    /** The member's past is not read any more: its failures stay visible until the newest page of the list is read. */
    void keepFailuresOfThePast(UserId who, Instant now) {
        update(LEAVE_THE_PAST, who, now);
    }

    /** Reads that failed so many times in a row, and of how many members; the most frequent first. */
    List<RepeatedFailure> failing(String job, int times) {
        return database.withHandle(handle -> handle.createQuery(EACH)
                .bind("times", times)
                .map((row, context) -> new RepeatedFailure(
                        job, row.getString("error"), collection(row.getString("what")), row.getInt("members")))
                .list());
    }

    /** How many members have a read that failed so many times in a row. */
    int members(int times) {
        return database.withHandle(handle -> handle.createQuery(MEMBERS)
                .bind("times", times)
                .mapTo(Integer.class)
                .one());
    }

    private int update(String sql, UserId who, Instant now) {
        return database.withHandle(handle -> handle.createUpdate(sql)
                .bind("who", who.value())
                .bind("now", utc(now))
                .execute());
    }

    private static ReadTarget target(ResultSet row) throws SQLException {
        return new ReadTarget(Stage.of(row.getString("stage")), row.getBoolean("further_back"));
    }

    private static ReadFailure failed(ResultSet row) throws SQLException {
        return new ReadFailure(
                SyncError.of(row.getString("error")),
                row.getInt("failures"),
                row.getObject("retry_at", OffsetDateTime.class).toInstant());
    }

    /** @param what a stage or a collection */
    private static @Nullable String collection(@Nullable String target) {
        return Arrays.stream(RecordCollection.values())
                .filter(one -> one.word().equals(target) || Stage.of(one).word().equals(target))
                .findFirst()
                .map(RecordCollection::word)
                .orElse(null);
    }

    private static OffsetDateTime utc(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }
}
