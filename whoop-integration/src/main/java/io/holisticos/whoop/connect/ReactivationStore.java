package io.holisticos.whoop.connect;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Tables {@code whoop_connection} and its history, for whoever brings connections back. */
final class ReactivationStore {

    private static final String STATES = """
            select state, count(*) from whoop_connection
            where cast(:who as varchar) is null or user_id = :who
            group by state""";
    private static final String ENDED = """
            select c.user_id, c.token_version, coalesce(entered.reason, 'unknown') as reason
            from whoop_connection c
            left join lateral (
                select h.reason from whoop_connection_history h
                where h.user_id = c.user_id and h.state = c.state
                order by h.id desc limit 1) entered on true
            where c.state = 'reauthorization_required' and (cast(:who as varchar) is null or c.user_id = :who)
            order by c.user_id""";
    private static final String REACTIVATE = """
            with back as (
                update whoop_connection
                set state = case when whoop_user_id is null then 'awaiting_profile' else 'active' end,
                    refresh_started_at = null, recorded_at = :now
                where user_id = :who and token_version = :version and state = 'reauthorization_required'
                returning user_id, whoop_user_id, state, scopes, token_version
            )
            insert into whoop_connection_history
                (user_id, whoop_user_id, state, scopes, token_version, reason, recorded_at)
            select user_id, whoop_user_id, state, scopes, token_version, 'reactivated', :now from back""";

    private final Jdbi jdbi;

    ReactivationStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A connection that waits for consent, and why it does. */
    record Ended(UserId who, long version, String reason) {}

    /** How many connections are in each state; of one member, or of all. */
    Map<String, Long> states(@Nullable UserId only) {
        return jdbi.withHandle(handle -> {
            Map<String, Long> states = new TreeMap<>();
            handle.createQuery(STATES)
                    .bind("who", only == null ? null : only.value())
                    .map((row, context) -> states.put(row.getString(1), row.getLong(2)))
                    .list();
            return states;
        });
    }

    List<Ended> ended(@Nullable UserId only) {
        return jdbi.withHandle(handle -> handle.createQuery(ENDED)
                .bind("who", only == null ? null : only.value())
                .map((row, context) -> new Ended(
                        new UserId(row.getString("user_id")), row.getLong("token_version"), row.getString("reason")))
                .list());
    }

    /** Returns false, with nothing done, when the connection changed meanwhile. */
    boolean reactivate(Ended ended, Instant now) {
        return jdbi.withHandle(handle -> handle.createUpdate(REACTIVATE)
                        .bind("who", ended.who().value())
                        .bind("version", ended.version())
                        .bind("now", ConnectionStore.utc(now))
                        .execute()
                == 1);
    }
}
