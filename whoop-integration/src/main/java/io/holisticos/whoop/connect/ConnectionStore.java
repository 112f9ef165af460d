package io.holisticos.whoop.connect;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.database.Database;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.whoop.connect.Connection.State;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** Tables {@code whoop_connection} and its history. Tokens come and go sealed. */
final class ConnectionStore {

    /** Whoever changes how many members there are takes turns by it. */
    private static final long MEMBERS = 0x77686f6f70L;

    private static final String COLUMNS = """
            select user_id, whoop_user_id, state, scopes, connected_at, access_token, refresh_token, access_expires_at,
                token_version, refresh_started_at, former_user_id, arriving_user_id, replace_account
            from whoop_connection
            """;
    private static final String SELECT = COLUMNS + "where user_id = :who";
    private static final String LOCK = SELECT + " for update";

    /** Goes before a statement, for the locks that it and the rest of its transaction wait for. */
    private static final String PATIENCE =
            "with patience as materialized (select set_config('lock_timeout', :longest, true))\n";

    private static final String LOCK_WITHIN =
            PATIENCE + COLUMNS + ", patience where user_id = :who for update of whoop_connection";
    private static final String SELECT_BY_ACCOUNT =
            COLUMNS + "where whoop_user_id = :whoopUserId and state <> 'revoked'";
    private static final String SELECT_USABLE = COLUMNS + "where state in ('active', 'refreshing') order by user_id";

    private static final String SELECT_IDLE = COLUMNS
            + "where state in ('active', 'refreshing') and access_expires_at < :before order by recorded_at, user_id";

    private static final String SELECT_BY_ANSWER = COLUMNS
            + "where answer_hash = :answer and access_token is not null and greatest(connected_at, asked_at) > :since";
    private static final String COUNT = """
            select count(*) filter (where state <> 'revoked') as connected,
                count(*) filter (where state in ('awaiting_profile', 'awaiting_confirmation')) as awaiting
            from whoop_connection""";
    private static final String WAS_THEIRS = """
            select coalesce((
                select reason <> 'disowned' from whoop_connection_history
                where user_id = :who and whoop_user_id = :account and reason in ('connected', 'disowned')
                order by id desc limit 1), false)""";
    private static final String HOLD = """
            insert into whoop_connection as held (user_id, whoop_user_id, state, scopes, access_token, refresh_token,
                access_expires_at, token_version, refresh_started_at, connected_at, recorded_at, replace_account,
                answer_hash)
            values (:who, null, 'awaiting_profile', :scopes, :access, :refresh, :expiresAt, 1, null, :now, :now,
                :replace, :answer)
            on conflict (user_id) do update set whoop_user_id = null, state = 'awaiting_profile',
                scopes = excluded.scopes, access_token = excluded.access_token,
                refresh_token = excluded.refresh_token, access_expires_at = excluded.access_expires_at,
                token_version = held.token_version + 1, refresh_started_at = null,
                connected_at = excluded.connected_at, recorded_at = excluded.recorded_at,
                former_user_id = coalesce(held.whoop_user_id, held.former_user_id),
                former_state = case when held.state in ('awaiting_profile', 'awaiting_confirmation')
                    then held.former_state else held.state end,
                arriving_user_id = null, asked_at = null, replace_account = excluded.replace_account,
                answer_hash = excluded.answer_hash, arrival_failures = 0, arrival_failure = null""";
    private static final String SETTLE = """
            update whoop_connection set state = 'active', whoop_user_id = :account, arriving_user_id = null,
                asked_at = null, refresh_started_at = null, replace_account = false, recorded_at = :now
            where user_id = :who and state in ('awaiting_profile', 'awaiting_confirmation')""";
    private static final String ASK = """
            update whoop_connection set state = 'awaiting_confirmation', arriving_user_id = :account, asked_at = :now,
                recorded_at = :now
            where user_id = :who and state = 'awaiting_profile'""";
    private static final String DISMISS_NEW = """
            delete from whoop_connection
            where user_id = :who and former_user_id is null and former_state is null
              and state in ('awaiting_profile', 'awaiting_confirmation')""";
    private static final String DISMISS = """
            update whoop_connection held set whoop_user_id = former_user_id, arriving_user_id = null, asked_at = null,
                state = case
                    when former_state = 'reauthorization_required' and former_user_id is not null and not exists (
                        select from whoop_connection other
                        where other.whoop_user_id = held.former_user_id and other.state <> 'revoked'
                          and other.user_id <> held.user_id) then former_state
                    else 'revoked' end,
                access_token = null, refresh_token = null, access_expires_at = null, refresh_started_at = null,
                token_version = token_version + 1, replace_account = false, recorded_at = :now,
                answer_hash = case when :reason = 'not_confirmed' then answer_hash end
            where user_id = :who and (state in ('awaiting_profile', 'awaiting_confirmation')
                or state = 'reauthorization_required' and arriving_user_id is not null)""";
    private static final String FORGET_ANSWER =
            "update whoop_connection set answer_hash = null where answer_hash = :answer";
    private static final String DISOWN =
            "update whoop_connection set whoop_user_id = nullif(former_user_id, whoop_user_id)"
                    + " where user_id = :who and state = 'revoked'";

    private static final String UPSERT = """
            insert into whoop_connection (user_id, whoop_user_id, state, scopes, access_token, refresh_token,
                access_expires_at, token_version, refresh_started_at, connected_at, recorded_at, answer_hash)
            values (:who, :whoopUserId, 'active', :scopes, :access, :refresh, :expiresAt, 1, null, :now, :now, :answer)
            on conflict (user_id) do update set whoop_user_id = excluded.whoop_user_id, state = 'active',
                scopes = excluded.scopes, access_token = excluded.access_token,
                refresh_token = excluded.refresh_token, access_expires_at = excluded.access_expires_at,
                token_version = whoop_connection.token_version + 1, refresh_started_at = null,
                connected_at = excluded.connected_at, recorded_at = excluded.recorded_at,
                answer_hash = excluded.answer_hash""";
    private static final String BEGIN_REFRESH = PATIENCE + """
            update whoop_connection held
            set state = case when held.state = 'active' then 'refreshing' else held.state end,
                refresh_started_at = :now, recorded_at = :now
            from patience, whoop_connection before
            where held.user_id = :who and before.user_id = :who
              and held.token_version = :version
              and held.state in ('active', 'refreshing', 'awaiting_profile', 'awaiting_confirmation')
            returning held.user_id, held.whoop_user_id, held.state, held.scopes, held.connected_at, held.access_token,
                held.refresh_token, held.access_expires_at, held.token_version, before.refresh_started_at,
                held.former_user_id, held.arriving_user_id, held.replace_account""";
    private static final String END_REFRESH = """
            update whoop_connection set state = case when state = 'refreshing' then 'active' else state end,
                refresh_started_at = null, recorded_at = :now
            where user_id = :who and token_version = :version
              and state in ('refreshing', 'awaiting_profile', 'awaiting_confirmation')""";
    private static final String ROTATE = """
            with before as materialized (
                select state from whoop_connection where user_id = :who
            ), rotated as (
                update whoop_connection set
                    state = case when state in ('awaiting_profile', 'awaiting_confirmation') then state
                        when whoop_user_id is null then 'awaiting_profile' else 'active' end,
                    access_token = :access, refresh_token = :refresh,
                    access_expires_at = :expiresAt, token_version = token_version + 1, refresh_started_at = null,
                    recorded_at = :now
                where user_id = :who and token_version = :version and state <> 'revoked'
                returning user_id, whoop_user_id, state, scopes, token_version
            ), remembered as (
                insert into whoop_connection_history
                    (user_id, whoop_user_id, state, scopes, token_version, reason, recorded_at)
                select r.user_id, r.whoop_user_id, r.state, r.scopes, r.token_version, 'refreshed', :now
                from rotated r, before where before.state = 'reauthorization_required'
            )
            select count(*) from rotated""";
    private static final String NEEDS_CONSENT = """
            update whoop_connection set state = 'reauthorization_required', refresh_started_at = null,
                recorded_at = :now
            where user_id = :who and connected_at <= :begun
              and state in ('active', 'refreshing', 'awaiting_profile', 'awaiting_confirmation')""";
    private static final String REVOKE = """
            update whoop_connection set state = 'revoked', access_token = null, refresh_token = null,
                access_expires_at = null, token_version = token_version + 1, refresh_started_at = null,
                whoop_user_id = case when state in ('awaiting_profile', 'awaiting_confirmation') then former_user_id
                    else whoop_user_id end,
                arriving_user_id = null, asked_at = null, replace_account = false, answer_hash = null,
                recorded_at = :now
            where user_id = :who and state <> 'revoked'""";
    private static final String REMEMBER = """
            insert into whoop_connection_history
                (user_id, whoop_user_id, state, scopes, token_version, reason, recorded_at)
            select user_id, whoop_user_id, state, scopes, token_version, :reason, :now
            from whoop_connection where user_id = :who""";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Jdbi jdbi;

    ConnectionStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * The accounts around a consent that is not settled.
     *
     * @param former the account before; null when there was none
     * @param arriving the one that waits for the member's confirmation
     * @param replace whether another one than the former was confirmed beforehand
     */
    record Accounts(@Nullable Long former, @Nullable Long arriving, boolean replace) {}

    /** How many connections are not ended, and how many of them wait for something. */
    record Count(int connected, int awaiting) {}

    /** A row: the connection, and what only custody may see. */
    record Held(
            Connection connection,
            byte @Nullable [] accessToken,
            byte @Nullable [] refreshToken,
            @Nullable Instant accessExpiresAt,
            long version,
            @Nullable Instant refreshStartedAt,
            Accounts accounts) {
        @Override
        public String toString() {
            return "Held[" + connection + ", version " + version + "]";
        }
    }

    /** A token pair as it lies in the database. */
    record Sealed(byte[] accessToken, byte[] refreshToken, Instant accessExpiresAt) {
        @Override
        public String toString() {
            return "Sealed[until " + accessExpiresAt + "]";
        }
    }

    /** @throws SourceUnavailable when the database cannot be reached */
    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.inTransaction(work);
        } catch (JdbiException e) {
            throw translated(e);
        }
    }

    private <T> T read(HandleCallback<T, RuntimeException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw translated(e);
        }
    }

    /** As {@link #inTransaction}, but waits no longer than {@code longest} for a row that another worker holds. */
    <T> T inTransaction(Duration longest, HandleCallback<T, RuntimeException> work) {
        return inTransaction(handle -> {
            handle.createQuery("select set_config('lock_timeout', :millis, true)")
                    .bind("millis", millis(longest))
                    .mapTo(String.class)
                    .one();
            return work.withHandle(handle);
        });
    }

    Optional<Held> find(UserId who) {
        return read(handle -> handle.createQuery(SELECT)
                .bind("who", who.value())
                .map((row, context) -> held(row))
                .findOne());
    }

    Optional<Held> findByAccount(long whoopUserId) {
        return read(handle -> findByAccount(handle, whoopUserId));
    }

    Optional<Held> findByAccount(Handle handle, long whoopUserId) {
        return handle.createQuery(SELECT_BY_ACCOUNT)
                .bind("whoopUserId", whoopUserId)
                .map((row, context) -> held(row))
                .findOne();
    }

    List<Held> usable() {
        return read(handle -> handle.createQuery(SELECT_USABLE)
                .map((row, context) -> held(row))
                .list());
    }

    /** Usable ones whose access token expired before that moment, the ones touched longest ago first. */
    List<Held> idleSince(Instant before) {
        return read(handle -> handle.createQuery(SELECT_IDLE)
                .bind("before", utc(before))
                .map((row, context) -> held(row))
                .list());
    }

    /** Reads the row and keeps it from everybody else until the transaction ends. */
    Optional<Held> lock(Handle handle, UserId who) {
        return handle.createQuery(LOCK)
                .bind("who", who.value())
                .map((row, context) -> held(row))
                .findOne();
    }

    /** As {@link #lock(Handle, UserId)}, but waits no longer than {@code longest} for whoever holds the row. */
    Optional<Held> lock(Handle handle, UserId who, Duration longest) {
        return handle.createQuery(LOCK_WITHIN)
                .bind("longest", millis(longest))
                .bind("who", who.value())
                .map((row, context) -> held(row))
                .findOne();
    }

    void connect(Handle handle, Connection connection, Sealed tokens, byte[] answerHash) {
        handle.createUpdate(UPSERT)
                .bind("who", connection.who().value())
                .bind("whoopUserId", connection.whoopUserId())
                .bind("scopes", scopesOf(connection.scopes()))
                .bind("access", tokens.accessToken())
                .bind("refresh", tokens.refreshToken())
                .bind("expiresAt", utc(tokens.accessExpiresAt()))
                .bind("answer", answerHash)
                .bind("now", utc(connection.connectedAt()))
                .execute();
        remember(handle, connection.who(), "connected", connection.connectedAt());
    }

    /** From here to the end of the transaction nobody else lets a member in. */
    void takeTurnAsMember(Handle handle) {
        handle.createQuery("select pg_advisory_xact_lock(:members)")
                .bind("members", MEMBERS)
                .map((row, context) -> true)
                .one();
    }

    Count count() {
        return read(ConnectionStore::count);
    }

    static Count count(Handle handle) {
        return handle.createQuery(COUNT)
                .map((row, context) -> new Count(row.getInt("connected"), row.getInt("awaiting")))
                .one();
    }

    /** Keeps the tokens of a consent of which nothing more is known; what was before is remembered. */
    void hold(Handle handle, Connection connection, Sealed tokens, byte[] answerHash, boolean replace) {
        handle.createUpdate(HOLD)
                .bind("who", connection.who().value())
                .bind("scopes", scopesOf(connection.scopes()))
                .bind("access", tokens.accessToken())
                .bind("refresh", tokens.refreshToken())
                .bind("expiresAt", utc(tokens.accessExpiresAt()))
                .bind("now", utc(connection.connectedAt()))
                .bind("replace", replace)
                .bind("answer", answerHash)
                .execute();
    }

    /** The consent is this account's, and may be used. */
    void settle(Handle handle, UserId who, long account, Instant now) {
        handle.createUpdate(SETTLE)
                .bind("who", who.value())
                .bind("account", account)
                .bind("now", utc(now))
                .execute();
        remember(handle, who, "connected", now);
    }

    /** The consent is this account's, and waits for the member's word. */
    void ask(Handle handle, UserId who, long account, Instant now) {
        handle.createUpdate(ASK)
                .bind("who", who.value())
                .bind("account", account)
                .bind("now", utc(now))
                .execute();
        remember(handle, who, "another_account", now);
    }

    /** A consent that cannot be used: all is as before it, but that what had no tokens that work has none at all. */
    void dismiss(Handle handle, UserId who, String reason, Instant now) {
        if (handle.createUpdate(DISMISS_NEW).bind("who", who.value()).execute() == 0) {
            handle.createUpdate(DISMISS)
                    .bind("who", who.value())
                    .bind("reason", reason)
                    .bind("now", utc(now))
                    .execute();
            remember(handle, who, reason, now);
        }
    }

    /** The account that was connected last was never the member's. */
    void disown(Handle handle, UserId who) {
        handle.createUpdate(DISOWN).bind("who", who.value()).execute();
    }

    /** Whether the member had this account before, as far as they did not say that it is not theirs. */
    boolean wasTheirs(Handle handle, UserId who, long account) {
        return handle.createQuery(WAS_THEIRS)
                .bind("who", who.value())
                .bind("account", account)
                .mapTo(Boolean.class)
                .one();
    }

    /** The connection of the consent that this answers for, if it was given after that moment. */
    Optional<Held> findByAnswer(byte[] answerHash, Instant since) {
        return read(handle -> handle.createQuery(SELECT_BY_ANSWER)
                .bind("answer", answerHash)
                .bind("since", utc(since))
                .map((row, context) -> held(row))
                .findOne());
    }

    /** It was answered. */
    void forgetAnswer(byte[] answerHash) {
        read(handle ->
                handle.createUpdate(FORGET_ANSWER).bind("answer", answerHash).execute());
    }

    /**
     * Says that pair {@code version} is about to be spent; waits no longer than {@code longest} for whoever holds the row.
     * Returns the row, with the moment a refresh was begun before this one; empty when it has no such pair to spend.
     */
    Optional<Held> beginRefresh(UserId who, long version, Duration longest, Instant now) {
        return read(handle -> handle.createQuery(BEGIN_REFRESH)
                .bind("longest", millis(longest))
                .bind("who", who.value())
                .bind("version", version)
                .bind("now", utc(now))
                .map((row, context) -> held(row))
                .findOne());
    }

    /** The token endpoint certainly did not spend the token: as if never begun. */
    void endRefresh(Handle handle, UserId who, long version, Instant now) {
        handle.createUpdate(END_REFRESH)
                .bind("who", who.value())
                .bind("version", version)
                .bind("now", utc(now))
                .execute();
    }

    /** Puts the next pair in the place of pair {@code version}. Returns whether that one was still there. */
    boolean rotate(Handle handle, UserId who, long version, Sealed tokens, Instant now) {
        return handle.createQuery(ROTATE)
                        .bind("who", who.value())
                        .bind("version", version)
                        .bind("access", tokens.accessToken())
                        .bind("refresh", tokens.refreshToken())
                        .bind("expiresAt", utc(tokens.accessExpiresAt()))
                        .bind("now", utc(now))
                        .mapTo(Integer.class)
                        .one()
                == 1;
    }

    /** Whoever consented after the refused call was begun needs no other consent. Returns whether anything changed. */
    boolean needsConsent(Handle handle, UserId who, String reason, Instant begun, Instant now) {
        boolean changed = handle.createUpdate(NEEDS_CONSENT)
                        .bind("who", who.value())
                        .bind("begun", utc(begun))
                        .bind("now", utc(now))
                        .execute()
                == 1;
        if (changed) {
            remember(handle, who, reason, now);
        }
        return changed;
    }

    /** Ends a connection and erases its tokens. Returns whether anything changed. */
    boolean revoke(Handle handle, UserId who, String reason, Instant now) {
        boolean changed = handle.createUpdate(REVOKE)
                        .bind("who", who.value())
                        .bind("now", utc(now))
                        .execute()
                == 1;
        if (changed) {
            remember(handle, who, reason, now);
        }
        return changed;
    }

    /** Forgets that there ever was a connection. Returns the rows that went. */
    int erase(Handle handle, UserId who) {
        return handle.execute("delete from whoop_connection where user_id = ?", who.value())
                + handle.execute("delete from whoop_connection_history where user_id = ?", who.value());
    }

    private static void remember(Handle handle, UserId who, String reason, Instant now) {
        handle.createUpdate(REMEMBER)
                .bind("who", who.value())
                .bind("reason", reason)
                .bind("now", utc(now))
                .execute();
    }

    private static Held held(ResultSet row) throws SQLException {
        Connection connection = new Connection(
                new UserId(row.getString("user_id")),
                row.getObject("whoop_user_id", Long.class),
                State.of(row.getString("state")),
                Set.copyOf(Arrays.asList(row.getString("scopes").split(" "))),
                row.getObject("connected_at", OffsetDateTime.class).toInstant());
        return new Held(
                connection,
                row.getBytes("access_token"),
                row.getBytes("refresh_token"),
                instant(row, "access_expires_at"),
                row.getLong("token_version"),
                instant(row, "refresh_started_at"),
                new Accounts(
                        row.getObject("former_user_id", Long.class),
                        row.getObject("arriving_user_id", Long.class),
                        row.getBoolean("replace_account")));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    private static String scopesOf(Set<String> scopes) {
        return String.join(" ", scopes.stream().sorted().toList());
    }

    static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    /** A database that is down or too busy is trouble to be expected; a statement that is wrong is not. */
    static RuntimeException translated(JdbiException e) {
        return Database.isUnavailable(e) ? new SourceUnavailable(WHOOP, RETRY_AFTER, e) : e;
    }

    /** Whether a unique index refused a row. */
    static boolean isDuplicate(JdbiException e) {
        return e.getCause() instanceof SQLException sql && "23505".equals(sql.getSQLState());
    }
}
