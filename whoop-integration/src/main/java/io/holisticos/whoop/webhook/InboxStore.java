package io.holisticos.whoop.webhook;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Table {@code whoop_inbox}. */
final class InboxStore {

    private static final String INSERT = """
            insert into whoop_inbox
                (trace_id, type, record_id, whoop_user_id, user_id, body_sealed, outcome, received_at, done_at)
            values (:trace, :type, :record, :account, :who, :body, :outcome, :now, :doneAt)
            on conflict (trace_id, type, record_id) do nothing""";
    private static final String PARKED = """
            select trace_id, type, record_id, whoop_user_id, body_sealed, received_at from whoop_inbox
            where whoop_user_id = :account and done_at is null
            order by received_at
            limit :most
            for update skip locked""";
    private static final String UNPARK = """
            update whoop_inbox set user_id = :who, body_sealed = :body, outcome = 'noted', done_at = :now
            where trace_id = :trace and type = :type and record_id = :record""";
    private static final String ACCOUNTS_PARKED =
            "select distinct whoop_user_id from whoop_inbox where done_at is null";
    private static final String NOTED = """
            select distinct user_id from whoop_inbox
            where outcome = 'noted' and done_at > :after and done_at <= :until""";
    private static final String PURGE = "delete from whoop_inbox where done_at < :before";
    private static final String PURGE_PARKED =
            "delete from whoop_inbox where done_at is null and received_at < :before";
    private static final String ERASE = "delete from whoop_inbox where user_id = :who";
    private static final String ERASE_PARKED = "delete from whoop_inbox where whoop_user_id = :account";

    private final Jdbi jdbi;

    InboxStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** What came of an event. */
    enum Outcome {
        /** It became a change of the member's. */
        NOTED("noted"),
        /** Its member is not known yet. */
        PARKED("parked"),
        UNKNOWN_TYPE("unknown_type");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }
    }

    /** An event that waits for its member. */
    record Parked(WhoopEvent event, byte[] bodySealed, Instant receivedAt) {
        @Override
        public String toString() {
            return "Parked[" + event + "]";
        }
    }

    /** Returns false for an event that is here already. */
    boolean save(
            Handle handle, WhoopEvent event, @Nullable UserId who, byte[] bodySealed, Outcome outcome, Instant now) {
        OptionalLong account = event.whoopUserId();
        return handle.createUpdate(INSERT)
                        .bind("trace", event.traceId())
                        .bind("type", event.type())
                        .bind("record", event.recordId())
                        .bind("account", account.isPresent() ? account.getAsLong() : null)
                        .bind("who", who == null ? null : who.value())
                        .bind("body", bodySealed)
                        .bind("outcome", outcome.word)
                        .bind("now", now.atOffset(ZoneOffset.UTC))
                        .bind("doneAt", outcome == Outcome.PARKED ? null : now.atOffset(ZoneOffset.UTC))
                        .execute()
                == 1;
    }

    /** The oldest events that wait for this account, kept from every other worker until the transaction ends. */
    List<Parked> lockParked(Handle handle, long whoopUserId, int most) {
        return handle.createQuery(PARKED)
                .bind("account", whoopUserId)
                .bind("most", most)
                .map((row, context) -> new Parked(
                        new WhoopEvent(
                                row.getString("trace_id"),
                                row.getString("type"),
                                row.getString("record_id"),
                                OptionalLong.of(row.getLong("whoop_user_id"))),
                        row.getBytes("body_sealed"),
                        row.getObject("received_at", java.time.OffsetDateTime.class)
                                .toInstant()))
                .list();
    }

    void unpark(Handle handle, Parked parked, UserId who, byte[] bodySealed, Instant now) {
        handle.createUpdate(UNPARK)
                .bind("trace", parked.event().traceId())
                .bind("type", parked.event().type())
                .bind("record", parked.event().recordId())
                .bind("who", who.value())
                .bind("body", bodySealed)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute();
    }

    List<Long> parkedAccounts() {
        return jdbi.withHandle(
                handle -> handle.createQuery(ACCOUNTS_PARKED).mapTo(Long.class).list());
    }

    /** Whose events became changes in this span of time. */
    List<UserId> notedBetween(Instant after, Instant until) {
        return jdbi.withHandle(handle -> handle.createQuery(NOTED)
                .bind("after", after.atOffset(ZoneOffset.UTC))
                .bind("until", until.atOffset(ZoneOffset.UTC))
                .map((row, context) -> new UserId(row.getString("user_id")))
                .list());
    }

    int purge(Instant doneBefore, Instant parkedBefore) {
        return jdbi.withHandle(handle -> handle.createUpdate(PURGE)
                        .bind("before", doneBefore.atOffset(ZoneOffset.UTC))
                        .execute()
                + handle.createUpdate(PURGE_PARKED)
                        .bind("before", parkedBefore.atOffset(ZoneOffset.UTC))
                        .execute());
    }

    int erase(UserId who, long whoopUserId) {
        return jdbi.withHandle(handle -> handle.createUpdate(ERASE)
                        .bind("who", who.value())
                        .execute()
                + handle.createUpdate(ERASE_PARKED).bind("account", whoopUserId).execute());
    }
}
