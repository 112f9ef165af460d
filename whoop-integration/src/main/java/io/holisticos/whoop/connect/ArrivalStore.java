package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Table {@code whoop_connection}, for whoever looks after consents that are not settled. */
final class ArrivalStore {

    private static final String AWAITING_PROFILE =
            "select user_id from whoop_connection where state = 'awaiting_profile' order by recorded_at, user_id limit :most";
    private static final String REMEMBER_WAITING = """
            insert into whoop_connection_history
                (user_id, whoop_user_id, state, scopes, token_version, reason, recorded_at)
            select user_id, whoop_user_id, state, scopes, token_version, 'profile_not_read', :now
            from whoop_connection where user_id = :who and state = 'awaiting_profile'""";
    private static final String FAILED = """
            update whoop_connection set
                arrival_failures = case when arrival_failure = :failure then arrival_failures + 1 else 1 end,
                arrival_failure = :failure
            where user_id = :who and state = 'awaiting_profile'
            returning arrival_failures""";
    private static final String FAILING = """
            select arrival_failure, count(*) from whoop_connection
            where state = 'awaiting_profile' and arrival_failures >= :times
            group by arrival_failure""";
    private static final String UNCONFIRMED = """
            select user_id from whoop_connection
            where arriving_user_id is not null and state in ('awaiting_confirmation', 'reauthorization_required')
              and greatest(connected_at, asked_at) <= :before
            """;
    private static final String SOME_UNCONFIRMED = UNCONFIRMED + "order by asked_at, user_id limit :most";
    private static final String IS_UNCONFIRMED = "select exists (" + UNCONFIRMED + "and user_id = :who)";
    private static final String WAS_UNCONFIRMED = """
            select exists (
                select from whoop_connection held
                where held.answer_hash = :answer and (held.state = 'awaiting_confirmation'
                    or held.access_token is null and :reason = (
                        select h.reason from whoop_connection_history h
                        where h.user_id = held.user_id order by h.id desc limit 1)))""";

    private final Jdbi jdbi;

    ArrivalStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Those whose account is not known yet, who have waited longest first. */
    List<UserId> awaitingProfile(int most) {
        return ask(handle -> handle.createQuery(AWAITING_PROFILE)
                .bind("most", most)
                .map((row, context) -> new UserId(row.getString(1)))
                .list());
    }

    /** The consent that is held waits: now that is a state worth remembering. */
    void rememberWaiting(UserId who, Instant now) {
        int unused = ask(handle -> handle.createUpdate(REMEMBER_WAITING)
                .bind("who", who.value())
                .bind("now", ConnectionStore.utc(now))
                .execute());
    }

    /** Counts a failure. Returns how often in a row it failed that way; 1 also for whoever waits no more. */
    int failed(UserId who, ArrivalError why) {
        return ask(handle -> handle.createQuery(FAILED)
                .bind("who", who.value())
                .bind("failure", why.word())
                .mapTo(Integer.class)
                .findOne()
                .orElse(1));
    }

    /** By what failed, for how many members it did so as often in a row or more. */
    Map<String, Integer> failing(int times) {
        return ask(handle -> {
            Map<String, Integer> failing = new TreeMap<>();
            handle.createQuery(FAILING)
                    .bind("times", times)
                    .map((row, context) -> failing.put(row.getString(1), row.getInt(2)))
                    .list();
            return failing;
        });
    }

    /** Those who have not said, since before that moment, whether another account is to be theirs; some of them. */
    List<UserId> unconfirmed(Instant before, int most) {
        return ask(handle -> handle.createQuery(SOME_UNCONFIRMED)
                .bind("before", ConnectionStore.utc(before))
                .bind("most", most)
                .map((row, context) -> new UserId(row.getString(1)))
                .list());
    }

    boolean isUnconfirmed(Handle handle, UserId who, Instant before) {
        return handle.createQuery(IS_UNCONFIRMED)
                .bind("who", who.value())
                .bind("before", ConnectionStore.utc(before))
                .mapTo(Boolean.class)
                .one();
    }

    /** Whether the consent that this answers for waits for the member's word, or was ended for want of it. */
    boolean wasUnconfirmed(byte[] answerHash, String reason) {
        return ask(handle -> handle.createQuery(WAS_UNCONFIRMED)
                .bind("answer", answerHash)
                .bind("reason", reason)
                .mapTo(Boolean.class)
                .one());
    }

    private <T> T ask(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw ConnectionStore.translated(e);
        }
    }
}
