package io.holisticos.sahha.data;

import static io.holisticos.sahha.data.SahhaDatabase.utc;

import io.holisticos.database.SmallBatches;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Table {@code sahha_inbox}: the events that Sahha delivered, and the refreshes that they ask for. */
public final class SahhaInboxStore {

    private static final String INSERT = """
            insert into sahha_inbox
                (body_sha256, position, event_type, profile_id, kind, received_at, due_at, done_at)
            values (:hash, :position, :type, :who, :kind, :now, :dueAt, :doneAt)
            on conflict (body_sha256, position) do nothing""";

    /**
     * <pre>
     * due      the members' kinds that are due, longest due first, at most :most
     * free     their events, but those that another replica is claiming
     * claimed  the same events, due again when this claim ends
     * </pre>
     */
    private static final String CLAIM = """
            with due as (
                select profile_id, kind from sahha_inbox
                where done_at is null and due_at <= :now
                group by profile_id, kind
                order by min(due_at) limit :most
            ), free as (
                select inbox.body_sha256, inbox.position from sahha_inbox inbox
                join due on due.profile_id = inbox.profile_id and due.kind = inbox.kind
                where inbox.done_at is null and inbox.due_at <= :now
                for update of inbox skip locked
            ), claimed as (
                update sahha_inbox inbox set due_at = :claimedUntil from free
                where inbox.body_sha256 = free.body_sha256 and inbox.position = free.position
                returning inbox.profile_id, inbox.kind
            )
            select distinct profile_id, kind from claimed""";

    private static final String COMPLETE = """
            update sahha_inbox set done_at = :now
            where profile_id = :who and kind = :kind and done_at is null
              and (received_at < :tooOld or received_at <= :begun)""";

    private static final String POSTPONE = """
            update sahha_inbox set due_at = :dueAt
            where profile_id = :who and kind = :kind and done_at is null and due_at = :claimedUntil""";

    private static final String PURGE = "delete from sahha_inbox where ctid = any (array("
            + "select ctid from sahha_inbox where done_at < :before order by done_at limit :most))";

    private static final String NAMED_SINCE =
            "select exists (select 1 from sahha_inbox where profile_id = :who and received_at >= :since)";

    private final SahhaDatabase database;
    private final RefreshMarkStore marks;
    private final ProfileCheckStore profiles;
    private final SahhaDataLogStore logs;
    private final SahhaRowStore rows;

    SahhaInboxStore(
            SahhaDatabase database,
            RefreshMarkStore marks,
            ProfileCheckStore profiles,
            SahhaDataLogStore logs,
            SahhaRowStore rows) {
        this.database = database;
        this.marks = marks;
        this.profiles = profiles;
        this.logs = logs;
        this.rows = rows;
    }

    /** A kind of a member that has to be fetched again. */
    public record DueRefresh(UserId who, SahhaKind kind) {}

    /**
     * When events were delivered, and what follows from them.
     *
     * @param pause from the delivery until the refresh is due
     * @param freshFor the age from which on a reader waits for a refresh: what we have of the member gets this age
     * @param ours what sources of ours are called in data logs, in lower case
     */
    public record Delivery(Instant now, Duration pause, Duration freshFor, Set<String> ours) {

        public Delivery {
            ours = Set.copyOf(ours);
        }
    }

    /**
     * Saves the events of one delivery. Readers then wait shortly for the refresh, and the member counts as known.
     *
     * @return how many of the events are new
     * @throws JdbiException when they are not saved, or when it is unknown whether they are
     */
    public int save(byte[] bodyHash, List<SahhaEvent> events, Delivery delivery) {
        Set<UserId> members = events.stream().map(SahhaEvent::who).collect(Collectors.toUnmodifiableSet());
        return database.changingUntranslated(
                members,
                handle -> handle.inTransaction(transaction -> {
                    int added = 0;
                    for (int position = 0; position < events.size(); position++) {
                        SahhaEvent event = events.get(position);
                        if (insert(transaction, bodyHash, position, event, delivery)) {
                            added++;
                            if (event.kind() != null) {
                                marks.makeStale(
                                        transaction,
                                        event.who(),
                                        event.kind(),
                                        delivery.now().minus(delivery.freshFor()));
                                profiles.confirm(transaction, event.who(), delivery.now());
                            }
                            saveLogs(transaction, event, delivery);
                        }
                    }
                    return added;
                }));
    }

    /** Of an id without rows nothing is kept: it may be anybody's text, and no value of it is there to be explained. */
    private void saveLogs(Handle transaction, SahhaEvent event, Delivery delivery) {
        if (!event.logs().isEmpty() && rows.hasRows(transaction, event.who())) {
            logs.save(transaction, event.who(), event.logs(), delivery.ours(), delivery.now());
        }
    }

    private static boolean insert(
            Handle transaction, byte[] bodyHash, int position, SahhaEvent event, Delivery delivery) {
        SahhaKind kind = event.kind();
        return transaction
                        .createUpdate(INSERT)
                        .bind("hash", bodyHash)
                        .bind("position", position)
                        .bind("type", event.type())
                        .bind("who", event.who().value())
                        .bind("kind", kind == null ? null : kind.key())
                        .bind("now", utc(delivery.now()))
                        .bind("dueAt", kind == null ? null : utc(delivery.now().plus(delivery.pause())))
                        .bind("doneAt", kind == null ? utc(delivery.now()) : null)
                        .execute()
                == 1;
    }

    /**
     * Claims refreshes that are due, longest due first. No other replica gets them before the claim ends.
     *
     * @param most how many refreshes at most, however many events ask for each
     * @throws JdbiException when the database fails
     */
    public List<DueRefresh> claim(Instant now, Instant claimedUntil, int most) {
        return database.untranslated(handle -> handle.createQuery(CLAIM)
                .bind("now", utc(now))
                .bind("claimedUntil", utc(claimedUntil))
                .bind("most", most)
                .map((row, context) ->
                        new DueRefresh(new UserId(row.getString("profile_id")), SahhaKind.ofKey(row.getString("kind"))))
                .list());
    }

    /**
     * Completes the events that a fetch has answered, and those too old to matter.
     *
     * @param begun when the fetch began; null when there was none
     * @throws JdbiException when the database fails
     */
    public void complete(DueRefresh due, @Nullable Instant begun, Instant tooOld, Instant now) {
        database.untranslated(handle -> handle.createUpdate(COMPLETE)
                .bind("who", due.who().value())
                .bind("kind", due.kind().key())
                .bind("begun", utc(begun))
                .bind("tooOld", utc(tooOld))
                .bind("now", utc(now))
                .execute());
    }

    /**
     * Makes open events of a claim due at another time, unless another replica has claimed them since.
     *
     * @throws JdbiException when the database fails
     */
    public void postpone(DueRefresh due, Instant claimedUntil, Instant dueAt) {
        database.untranslated(handle -> handle.createUpdate(POSTPONE)
                .bind("who", due.who().value())
                .bind("kind", due.kind().key())
                .bind("claimedUntil", utc(claimedUntil))
                .bind("dueAt", utc(dueAt))
                .execute());
    }

    /**
     * Deletes events that were completed before this time.
     *
     * @throws JdbiException when the database fails
     */
    public void purge(Instant before) {
        SmallBatches.work(most -> database.untranslated(handle -> handle.createUpdate(PURGE)
                .bind("before", utc(before))
                .bind("most", most)
                .execute()));
    }

    /** Whether an event has named this member since then. */
    public boolean hasNamed(UserId who, Instant since) {
        return database.with(handle -> handle.createQuery(NAMED_SINCE)
                .bind("who", who.value())
                .bind("since", utc(since))
                .mapTo(Boolean.class)
                .one());
    }
}
