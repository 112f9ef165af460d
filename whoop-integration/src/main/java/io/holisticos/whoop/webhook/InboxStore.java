package io.holisticos.whoop.webhook;

import io.holisticos.health.UserId;
import io.holisticos.whoop.sync.News;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Table {@code whoop_inbox}. */
final class InboxStore {

    private static final String INSERT = """
            insert into whoop_inbox
                (trace_id, type, record_id, whoop_user_id, user_id, body_sealed, outcome, received_at, done_at)
            select :trace, :type, :recordId, :account, :owner, :body, :outcome, :now, :doneAt
            """;
    private static final String IF_THEIRS = """
            where exists (
                select from whoop_connection where whoop_user_id = :account and user_id = :owner and state <> 'revoked')
            """;
    private static final String IF_NEW = "on conflict (trace_id, type, record_id) do nothing returning trace_id";
    private static final String PARKED = """
            select trace_id, type, record_id, whoop_user_id, body_sealed, received_at from whoop_inbox
            where whoop_user_id = :account and done_at is null
            order by received_at
            limit :most
            for update skip locked""";
    private static final String UNPARK = """
            update whoop_inbox set user_id = :owner, body_sealed = :body, outcome = 'noted', done_at = :now
            where trace_id = :trace and type = :type and record_id = :recordId
            returning trace_id""";
    private static final String ACCOUNTS_PARKED =
            "select distinct whoop_user_id from whoop_inbox where done_at is null";
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

    /** An event of a member whom we know, as it is kept. */
    static News noted(WhoopEvent event, UserId who, byte[] bodySealed, Instant now) {
        return saved(INSERT + IF_NEW, event, who, bodySealed, Outcome.NOTED, now);
    }

    /** The same, unless the account is another's now: then nothing is kept, as if it were a repetition. */
    static News notedIfTheirs(WhoopEvent event, UserId who, byte[] bodySealed, Instant now) {
        return saved(INSERT + IF_THEIRS + IF_NEW, event, who, bodySealed, Outcome.NOTED, now);
    }

    /** An event that has waited for this member. */
    static News unparked(Parked parked, UserId who, byte[] bodySealed, Instant now) {
        WhoopEvent event = parked.event();
        return new News(
                UNPARK,
                Map.of(
                        "trace", event.traceId(),
                        "type", event.type(),
                        "recordId", event.recordId(),
                        "owner", who.value(),
                        "body", bodySealed,
                        "now", now.atOffset(ZoneOffset.UTC)));
    }

    /** Keeps an event of which nothing follows for now. Returns false if it is here already. */
    boolean save(WhoopEvent event, byte[] bodySealed, Outcome outcome, Instant now) {
        News kept = saved(INSERT + IF_NEW, event, null, bodySealed, outcome, now);
        return jdbi.withHandle(handle -> handle.createQuery(kept.sql())
                .bindMap(kept.arguments())
                .mapTo(String.class)
                .findOne()
                .isPresent());
    }

    private static News saved(
            String sql, WhoopEvent event, @Nullable UserId who, byte[] bodySealed, Outcome outcome, Instant now) {
        Map<String, @Nullable Object> arguments = new HashMap<>();
        arguments.put("trace", event.traceId());
        arguments.put("type", event.type());
        arguments.put("recordId", event.recordId());
        OptionalLong account = event.whoopUserId();
        arguments.put("account", account.isPresent() ? account.getAsLong() : null);
        arguments.put("owner", who == null ? null : who.value());
        arguments.put("body", bodySealed);
        arguments.put("outcome", outcome.word);
        arguments.put("now", now.atOffset(ZoneOffset.UTC));
        arguments.put("doneAt", outcome == Outcome.PARKED ? null : now.atOffset(ZoneOffset.UTC));
        return new News(sql, arguments);
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
                        row.getObject("received_at", OffsetDateTime.class).toInstant()))
                .list();
    }

    List<Long> parkedAccounts() {
        return jdbi.withHandle(
                handle -> handle.createQuery(ACCOUNTS_PARKED).mapTo(Long.class).list());
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
