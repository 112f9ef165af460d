package io.holisticos.whoop.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.database.Database;
import io.holisticos.database.SmallBatches;
import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Tables {@code whoop_inbox}, which keeps every event of WHOOP once, and {@code whoop_change}, which says what the events
 * of members ask for and how that ended. Thread-safe.
 */
public final class RecordEventStore {

    /** A sleep and its recovery are sent one after the other; together they cost the same calls. */
    private static final Duration WAIT_FOR_PARTNER = Duration.ofSeconds(20);

    /** Repetitions come close together. */
    private static final Duration WAIT_FOR_DOUBLES = Duration.ofSeconds(5);

    /**
     * A record that was read because of its other half will get an event of its own. One that comes within this time is
     * taken for it, and nothing is read again. If it is of a still newer version, the next list shows that.
     */
    private static final Duration EXPECTED = Duration.ofMinutes(15);

    private static final String KEEP = ClasspathSqlLocator.removingComments()
            .getResource(RecordEventStore.class.getClassLoader(), "io/holisticos/whoop/sync/keep-event.sql");
    private static final String KEEP_NEW = KEEP.replace("{kept}", """
            insert into whoop_inbox
                (trace_id, type, record_id, whoop_user_id, user_id, body_sealed, outcome, received_at, done_at)
            select :trace, :type, :recordId, :account, :who, :body, 'noted', :now, :now where exists (select from owner)
            on conflict (trace_id, type, record_id) do nothing returning trace_id""");
    private static final String KEEP_PARKED = KEEP.replace("{kept}", """
            update whoop_inbox set user_id = :who, body_sealed = :body, outcome = 'noted', done_at = :now
            where trace_id = :trace and type = :type and record_id = :recordId
            returning trace_id""");
    private static final String KEEP_FOR_NOBODY = """
            insert into whoop_inbox
                (trace_id, type, record_id, whoop_user_id, user_id, body_sealed, outcome, received_at, done_at)
            values (:trace, :type, :recordId, :account, null, :body, :outcome, :now,
                case when :outcome <> 'parked' then cast(:now as timestamptz) end)
            on conflict (trace_id, type, record_id) do nothing""";
    private static final String OWNER = "select user_id from whoop_account_owner where whoop_user_id = :account";
    private static final String PARKED = """
            select trace_id, type, record_id, whoop_user_id, body_sealed, received_at from whoop_inbox
            where whoop_user_id = :account and done_at is null
            order by received_at
            limit :most
            for update skip locked""";
    private static final String ACCOUNTS_PARKED =
            "select distinct whoop_user_id from whoop_inbox where done_at is null";
    private static final String PURGE_INBOX = "delete from whoop_inbox where ctid = any (array("
            + "select ctid from whoop_inbox where done_at < :before order by done_at limit :most))";
    private static final String PURGE_PARKED = "delete from whoop_inbox where ctid = any (array("
            + "select ctid from whoop_inbox where done_at is null and received_at < :before limit :most))";
    private static final String ERASE = "delete from whoop_inbox where user_id = :who";
    private static final String ERASE_PARKED = "delete from whoop_inbox where whoop_user_id = :account";

    private static final String SETTLE_DELETED = """
            with member as materialized (
                select whoop_member_lock(:who, null)
            )
            update whoop_change set done_at = :now, outcome = 'deleted'
            where (select count(*) from member) = 1 and user_id = :who and record_id = :record and done_at is null
              and told_at <= :receivedAt and (collection = :collection or :collection = 'sleep')""";
    private static final String DROP =
            "update whoop_change set done_at = :now, outcome = 'account_left' where user_id = :who and done_at is null";
    private static final String COUNT = """
            select count(*) as open, count(*) filter (where rung > 0) as waiting, min(first_told_at) as oldest
            from whoop_change where done_at is null""";
    private static final String PURGE = "delete from whoop_change where ctid = any (array("
            + "select ctid from whoop_change where done_at < :before order by done_at limit :most))";

    private final Database database;

    public RecordEventStore(Database database) {
        this.database = database;
    }

    /** Why an event leads to nothing for now. */
    public enum Reason {
        /** Its member is not known yet. */
        PARKED("parked"),
        UNKNOWN_TYPE("unknown_type");

        private final String word;

        Reason(String word) {
            this.word = word;
        }
    }

    /**
     * How many events are pending.
     *
     * @param waiting how many of them wait for a record that was not there yet
     * @param oldest when the first of them was told; null when there is none
     */
    record Counts(int open, int waiting, @Nullable Instant oldest) {

        /** In seconds, how long the oldest one has been pending. */
        long ageAt(Instant now) {
            return oldest == null
                    ? 0
                    : Math.max(0, Duration.between(oldest, now).toSeconds());
        }
    }

    /** Runs several calls of this store in one transaction. */
    public <T> T inTransaction(Supplier<T> work) {
        return database.inTransaction(handle -> work.get());
    }

    /** The member who is connected to this WHOOP account. */
    public Optional<UserId> findOwner(long whoopUserId) {
        return database.withHandle(handle -> handle.createQuery(OWNER)
                .bind("account", whoopUserId)
                .mapTo(String.class)
                .findOne()
                .map(UserId::new));
    }

    /**
     * Keeps an event of a member if it is new and the account is theirs, and sees to it that its record is read: one
     * statement does all.
     */
    public InboxResult keep(ReceivedEvent received, UserId who, RecordEvent event) {
        return database.withHandle(handle -> bind(handle.createQuery(KEEP_NEW), received, who, event)
                .bind("now", utc(received.receivedAt()))
                .map((row, context) -> row.getBoolean("is_new")
                        ? InboxResult.KEPT
                        : row.getBoolean("is_theirs") ? InboxResult.DUPLICATE : InboxResult.NOT_THEIRS)
                .one());
    }

    /** Keeps an event that leads to nothing for now. Returns false if it was kept before. */
    public boolean keep(ReceivedEvent received, Reason reason) {
        OptionalLong account = received.whoopUserId();
        return database.withHandle(handle -> handle.createUpdate(KEEP_FOR_NOBODY)
                        .bind("trace", received.traceId())
                        .bind("type", received.type())
                        .bind("recordId", received.recordId())
                        .bindByType("account", account.isPresent() ? account.getAsLong() : null, Long.class)
                        .bind("body", received.bodySealed())
                        .bind("outcome", reason.word)
                        .bind("now", utc(received.receivedAt()))
                        .execute()
                == 1);
    }

    /** The oldest events that wait for this account, kept from every other worker until the transaction ends. */
    public List<ReceivedEvent> lockParked(long whoopUserId, int most) {
        return database.withHandle(handle -> handle.createQuery(PARKED)
                .bind("account", whoopUserId)
                .bind("most", most)
                .map((row, context) -> new ReceivedEvent(
                        row.getString("trace_id"),
                        row.getString("type"),
                        row.getString("record_id"),
                        OptionalLong.of(row.getLong("whoop_user_id")),
                        row.getBytes("body_sealed"),
                        row.getObject("received_at", OffsetDateTime.class).toInstant()))
                .list());
    }

    /** As {@link #keep(ReceivedEvent, UserId, RecordEvent)}, for an event that has waited for this member. */
    public void keepParked(ReceivedEvent parked, UserId who, RecordEvent event, Instant now) {
        database.withHandle(handle -> bind(handle.createQuery(KEEP_PARKED), parked, who, event)
                .bind("now", utc(now))
                .map((row, context) -> row.getBoolean("is_new"))
                .one());
    }

    /** The accounts for which events wait. */
    public List<Long> parkedAccounts() {
        return database.withHandle(
                handle -> handle.createQuery(ACCOUNTS_PARKED).mapTo(Long.class).list());
    }

    /** Removes events from the inbox. Returns how many. */
    public int purgeInbox(Instant doneBefore, Instant parkedBefore) {
        return purge(PURGE_INBOX, doneBefore) + purge(PURGE_PARKED, parkedBefore);
    }

    /** Removes every event of the member and this account from the inbox. Returns how many. */
    public int erase(UserId who, long whoopUserId) {
        return database.withHandle(handle -> handle.createUpdate(ERASE)
                        .bind("who", who.value())
                        .execute()
                + handle.createUpdate(ERASE_PARKED).bind("account", whoopUserId).execute());
    }

    /** What a page settled, for function {@code whoop_settle_events}; null for nothing. */
    static @Nullable String written(Settlement settled) {
        ArrayNode rows = JsonNodeFactory.instance.arrayNode();
        settled.closed()
                .forEach(closed -> add(rows, closed.event())
                        .put("outcome", closed.outcome().word()));
        settled.postponed().forEach(postponed -> add(rows, postponed));
        settled.added().forEach(added -> add(rows, added).put("added", true));
        settled.readAlong()
                .forEach(
                        read -> add(rows, read).put("added", true).put("outcome", Settlement.EventOutcome.DONE.word()));
        return rows.isEmpty() ? null : rows.toString();
    }

    private static ObjectNode add(ArrayNode rows, PendingEvent event) {
        return rows.addObject()
                .put("collection", event.collection().word())
                .put("record_id", event.recordId().toString())
                .put("first_told_at", event.firstReceivedAt().toString())
                .put("told_at", event.receivedAt().toString())
                .put("due_at", event.dueAt().toString())
                .put("rung", event.attempt())
                .put("added", false);
    }

    /** Drops the pending events of an account that is not the member's any more. */
    void drop(UserId who, Instant now) {
        database.useHandle(handle -> handle.createUpdate(DROP)
                .bind("who", who.value())
                .bind("now", utc(now))
                .execute());
    }

    /**
     * Settles a deletion, and with it every earlier event of the record. The deletion of a sleep settles the events of its
     * recovery, too.
     */
    void settleDeleted(UserId who, PendingEvent deletion, Instant now) {
        database.useHandle(handle -> handle.createUpdate(SETTLE_DELETED)
                .bind("who", who.value())
                .bind("collection", deletion.collection().word())
                .bind("record", deletion.recordId())
                .bind("receivedAt", utc(deletion.receivedAt()))
                .bind("now", utc(now))
                .execute());
    }

    Counts count() {
        return database.withHandle(handle -> handle.createQuery(COUNT)
                .map((row, context) -> {
                    OffsetDateTime oldest = row.getObject("oldest", OffsetDateTime.class);
                    return new Counts(
                            row.getInt("open"), row.getInt("waiting"), oldest == null ? null : oldest.toInstant());
                })
                .one());
    }

    /** Removes what was settled before this moment. Returns how many. */
    int purge(Instant before) {
        return purge(PURGE, before);
    }

    private int purge(String sql, Instant before) {
        return SmallBatches.work(most -> database.withHandle(handle -> handle.createUpdate(sql)
                .bind("before", utc(before))
                .bind("most", most)
                .execute()));
    }

    private static Query bind(Query keep, ReceivedEvent received, UserId who, RecordEvent event) {
        Instant receivedAt = event.receivedAt();
        return keep.bind("trace", received.traceId())
                .bind("type", received.type())
                .bind("recordId", received.recordId())
                .bind("account", received.whoopUserId().orElseThrow())
                .bind("body", received.bodySealed())
                .bind("who", who.value())
                .bind("collection", event.collection().word())
                .bind("partner", partner(event.collection()))
                .bind("record", event.recordId())
                .bind("happened", event.happened().word())
                .bind("receivedAt", utc(receivedAt))
                .bind("dueAt", utc(receivedAt.plus(patience(event))))
                .bind("expectedSince", utc(receivedAt.minus(EXPECTED)))
                .bind("task", SyncJobs.MEMBER_TASK);
    }

    private static String partner(RecordCollection collection) {
        return switch (collection) {
            case SLEEP -> RecordCollection.RECOVERY.word();
            case RECOVERY -> RecordCollection.SLEEP.word();
            case CYCLE, WORKOUT -> "";
        };
    }

    private static Duration patience(RecordEvent event) {
        if (event.happened() == Happened.DELETED) {
            return Duration.ZERO;
        }
        return switch (event.collection()) {
            case SLEEP, RECOVERY -> WAIT_FOR_PARTNER;
            case CYCLE, WORKOUT -> WAIT_FOR_DOUBLES;
        };
    }

    /** PostgreSQL keeps microseconds and would round what is finer. */
    private static OffsetDateTime utc(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    }
}
