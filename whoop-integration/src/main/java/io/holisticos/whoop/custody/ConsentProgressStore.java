package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** View {@code whoop_consent}: how far each member's last consent came, which waits for its account or for an answer. */
final class ConsentProgressStore {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final String AWAITING_PROFILE =
            "select user_id from whoop_consent where state = 'awaiting_profile' order by recorded_at, user_id limit :most";
    private static final String COUNT_FAILURE = """
            update whoop_consent set
                arrival_failures = case when arrival_failure = :failure then arrival_failures + 1 else 1 end,
                arrival_failure = :failure
            where user_id = :who and state = 'awaiting_profile'
            returning arrival_failures""";
    private static final String FAILURES = """
            select arrival_failure, count(*) from whoop_consent
            where state = 'awaiting_profile' and arrival_failures >= :times
            group by arrival_failure""";
    private static final String UNCONFIRMED = """
            select user_id from whoop_consent
            where arriving_user_id is not null and state in ('awaiting_confirmation', 'reauthorization_required')
              and answerable_from <= :before
            """;
    private static final String FIRST_UNCONFIRMED = UNCONFIRMED + "order by asked_at, user_id limit :most";
    private static final String IS_UNCONFIRMED = "select exists (" + UNCONFIRMED + "and user_id = :who)";
    private static final String WAS_UNCONFIRMED = """
            select exists (
                select from whoop_consent
                where answer_hash = :answer
                  and (state = 'awaiting_confirmation' or not has_tokens and latest_reason = :reason))""";
    private static final String FORGET_ANSWER =
            "update whoop_consent set answer_hash = null where answer_hash = :answer";

    private final Database database;

    ConsentProgressStore(Jdbi jdbi) {
        this.database = new Database(jdbi, WHOOP, RETRY_AFTER);
    }

    /** Members whose account is not known yet, those who have waited longest first. */
    List<UserId> awaitingProfile(int most) {
        return members(AWAITING_PROFILE, Map.of("most", most));
    }

    /** Counts a failure to find out the account. Returns how many times in a row it was this one. */
    int countFailure(UserId who, String failure) {
        return database.withHandle(handle -> handle.createQuery(COUNT_FAILURE)
                .bind("who", who.value())
                .bind("failure", failure)
                .mapTo(Integer.class)
                .findOne()
                .orElse(1));
    }

    /** For each failure, how many members' accounts it kept unknown that many times in a row or more. */
    Map<String, Integer> failures(int times) {
        return database.withHandle(handle -> {
            Map<String, Integer> failures = new TreeMap<>();
            handle.createQuery(FAILURES)
                    .bind("times", times)
                    .map((row, context) -> failures.put(row.getString(1), row.getInt(2)))
                    .list();
            return failures;
        });
    }

    /** Members who were asked before this moment to confirm another account, and did not. */
    List<UserId> unconfirmed(Instant before, int most) {
        return members(FIRST_UNCONFIRMED, Map.of("before", utc(before), "most", most));
    }

    boolean isUnconfirmed(Handle handle, UserId who, Instant before) {
        return handle.createQuery(IS_UNCONFIRMED)
                .bind("who", who.value())
                .bind("before", utc(before))
                .mapTo(Boolean.class)
                .one();
    }

    /** Whether the consent that this answers for waits to be confirmed, or ended for this reason. */
    boolean wasUnconfirmed(byte[] answerHash, String reason) {
        return database.withHandle(handle -> handle.createQuery(WAS_UNCONFIRMED)
                .bind("answer", answerHash)
                .bind("reason", reason)
                .mapTo(Boolean.class)
                .one());
    }

    /** Nobody can answer for this consent any more. */
    void forgetAnswer(byte[] answerHash) {
        int unused = database.withHandle(handle ->
                handle.createUpdate(FORGET_ANSWER).bind("answer", answerHash).execute());
    }

    private List<UserId> members(String statement, Map<String, ?> arguments) {
        return database.withHandle(handle -> handle.createQuery(statement)
                .bindMap(arguments)
                .map((row, context) -> new UserId(row.getString(1)))
                .list());
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
