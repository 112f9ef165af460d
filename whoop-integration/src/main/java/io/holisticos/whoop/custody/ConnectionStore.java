package io.holisticos.whoop.custody;

import static io.holisticos.whoop.api.WhoopApi.WHOOP;

import io.holisticos.database.Database;
import io.holisticos.health.UserId;
import io.holisticos.whoop.custody.ConnectedMembers.ConnectedMember;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Tables {@code whoop_connection} and {@code whoop_connection_history}. A change of state and its line of history are one
 * statement. View {@code whoop_consent} is for {@link ConsentProgressStore}.
 */
final class ConnectionStore {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** The key of the lock for whoever changes how many members there are. */
    private static final long MEMBER_COUNT_LOCK = 0x77686f6f70L;

    /** The end of a statement of which {@code entered} are the rows that came into a state. */
    private static final String HISTORY = """
            ), remembered as (
                insert into whoop_connection_history
                    (user_id, whoop_user_id, state, scopes, token_version, reason, recorded_at)
                select user_id, whoop_user_id, state, scopes, token_version, :reason, :now from entered
            )
            select count(*) from entered""";

    private static final String COLUMNS = """
            select user_id, whoop_user_id, state, scopes, connected_at, access_token, refresh_token, access_expires_at,
                token_version, refresh_started_at, former_user_id, arriving_user_id, replace_account
            from whoop_connection
            """;
    private static final String BY_MEMBER = COLUMNS + "where user_id = :who";
    private static final String LOCK = BY_MEMBER + " for update";
    private static final String LOCK_WITHIN =
            """
            with lock_wait as materialized (select set_config('lock_timeout', :longest, true))
            """ + COLUMNS + ", lock_wait where user_id = :who for update of whoop_connection";
    private static final String BY_ACCOUNT = COLUMNS + "where whoop_user_id = :account and state <> 'revoked'";
    private static final String EXPIRED_BEFORE = COLUMNS
            + "where state in ('active', 'refreshing') and access_expires_at < :before order by recorded_at, user_id";
    private static final String BY_ANSWER = COLUMNS
            + "where answer_hash = :answer and access_token is not null and greatest(connected_at, asked_at) > :since";
    private static final String COUNT = """
            select
                (select count(*) from whoop_connection where state <> 'revoked') as connected,
                (select count(*) from whoop_connection
                    where state in ('awaiting_profile', 'awaiting_confirmation')) as pending""";
    private static final String COUNT_BY_STATE = """
            select state, count(*) from whoop_connection
            where cast(:who as varchar) is null or user_id = :who
            group by state""";
    private static final String HAD_ACCOUNT = sql("had-account.sql");

    private static final String KEEP_TOKENS = sql("keep-tokens.sql");
    private static final String CONNECT = remembered(sql("connect.sql"));
    private static final String ASSIGN_ACCOUNT = remembered("""
            update whoop_connection set state = 'active', whoop_user_id = :account, arriving_user_id = null,
                asked_at = null, refresh_started_at = null, replace_account = false, recorded_at = :now
            where user_id = :who and state in ('awaiting_profile', 'awaiting_confirmation')""");
    private static final String AWAIT_CONFIRMATION = remembered("""
            update whoop_connection set state = 'awaiting_confirmation', arriving_user_id = :account, asked_at = :now,
                recorded_at = :now
            where user_id = :who and state = 'awaiting_profile'""");
    private static final String STILL_AWAITS_PROFILE = "with entered as (\n" + """
            select user_id, whoop_user_id, state, scopes, token_version from whoop_connection
            where user_id = :who and state = 'awaiting_profile'
            """ + HISTORY;
    private static final String DELETE_FIRST_CONSENT = """
            delete from whoop_connection
            where user_id = :who and former_user_id is null and former_state is null
              and state in ('awaiting_profile', 'awaiting_confirmation')""";
    private static final String DISMISS_CONSENT = remembered(sql("dismiss-consent.sql"));
    private static final String DISOWN = "update whoop_connection"
            + " set whoop_user_id = nullif(former_user_id, whoop_user_id) where user_id = :who and state = 'revoked'";
    private static final String BEGIN_REFRESH = sql("begin-refresh.sql");
    private static final String END_REFRESH = """
            update whoop_connection set state = case when state = 'refreshing' then 'active' else state end,
                refresh_started_at = null, recorded_at = :now
            where user_id = :who and token_version = :version
              and state in ('refreshing', 'awaiting_profile', 'awaiting_confirmation')""";
    private static final String ROTATE_TOKENS = sql("rotate-tokens.sql");
    private static final String REQUIRE_CONSENT = remembered("""
            update whoop_connection set state = 'reauthorization_required', refresh_started_at = null,
                recorded_at = :now
            where user_id = :who and connected_at <= :begun
              and state in ('active', 'refreshing', 'awaiting_profile', 'awaiting_confirmation')""");
    private static final String REVOKE = remembered(sql("revoke.sql"));
    private static final String NEED_CONSENT = sql("need-consent.sql");
    private static final String MEMBERS = sql("members.sql");
    private static final String REACTIVATE = remembered("""
            update whoop_connection
            set state = case when whoop_user_id is null then 'awaiting_profile' else 'active' end,
                refresh_started_at = null, recorded_at = :now
            where user_id = :who and token_version = :version and state = 'reauthorization_required'""");

    private final Database database;

    ConnectionStore(Jdbi jdbi) {
        this.database = new Database(jdbi, WHOOP, RETRY_AFTER);
    }

    /** A connection that needs consent, and the reason in its history. */
    record NeedsConsent(UserId who, long tokenVersion, String reason) {}

    /** @throws io.holisticos.health.HealthError.SourceUnavailable when the database cannot do it for now */
    <T> T inTransaction(HandleCallback<T, RuntimeException> work) {
        return database.inTransaction(work);
    }

    /** As {@link #inTransaction}, but waits no longer than {@code longest} for a row that another worker has locked. */
    <T> T inTransaction(Duration longest, HandleCallback<T, RuntimeException> work) {
        return inTransaction(handle -> {
            handle.createQuery("select set_config('lock_timeout', :millis, true)")
                    .bind("millis", millis(longest))
                    .mapTo(String.class)
                    .one();
            return work.withHandle(handle);
        });
    }

    Optional<ConnectionRow> find(UserId who) {
        return database.withHandle(handle -> row(handle.createQuery(BY_MEMBER).bind("who", who.value())));
    }

    Optional<ConnectionRow> findByAccount(long whoopUserId) {
        return database.withHandle(handle -> findByAccount(handle, whoopUserId));
    }

    Optional<ConnectionRow> findByAccount(Handle handle, long whoopUserId) {
        return row(handle.createQuery(BY_ACCOUNT).bind("account", whoopUserId));
    }

    /** The connection of the consent that this answers for, if that was given after this moment. */
    Optional<ConnectionRow> findByAnswer(byte[] answerHash, Instant since) {
        return database.withHandle(handle ->
                row(handle.createQuery(BY_ANSWER).bind("answer", answerHash).bind("since", utc(since))));
    }

    /** Usable connections whose access token expired before this moment, those touched longest ago first. */
    List<ConnectionRow> expiredBefore(Instant before) {
        return database.withHandle(handle -> handle.createQuery(EXPIRED_BEFORE)
                .bind("before", utc(before))
                .map((row, context) -> ConnectionRow.of(row))
                .list());
    }

    /** Reads the row and keeps it from everybody else until the transaction ends. */
    Optional<ConnectionRow> lock(Handle handle, UserId who) {
        return row(handle.createQuery(LOCK).bind("who", who.value()));
    }

    /** As {@link #lock(Handle, UserId)}, but waits no longer than {@code longest} for another worker's lock. */
    Optional<ConnectionRow> lock(Handle handle, UserId who, Duration longest) {
        return row(handle.createQuery(LOCK_WITHIN).bind("who", who.value()).bind("longest", millis(longest)));
    }

    /** From here to the end of the transaction nobody else changes how many members there are. */
    void lockMemberCount(Handle handle) {
        handle.createQuery("select pg_advisory_xact_lock(:members)")
                .bind("members", MEMBER_COUNT_LOCK)
                .map((row, context) -> true)
                .one();
    }

    MemberCount count() {
        return database.withHandle(this::count);
    }

    MemberCount count(Handle handle) {
        return handle.createQuery(COUNT)
                .map((row, context) -> new MemberCount(row.getInt("connected"), row.getInt("pending")))
                .one();
    }

    /** How many connections are in each state; of one member, or of all. */
    Map<String, Long> countByState(@Nullable UserId only) {
        return database.withHandle(handle -> handle.createQuery(COUNT_BY_STATE)
                .bind("who", only == null ? null : only.value())
                .reduceRows(new TreeMap<>(), (counts, row) -> {
                    counts.put(row.getColumn(1, String.class), row.getColumn(2, Long.class));
                    return counts;
                }));
    }

    /** Members by state and either id, in the order of their ids. */
    ConnectedMembers members(ConnectedMembers.Wanted wanted) {
        AtomicInteger found = new AtomicInteger();
        List<ConnectedMember> listed = database.withHandle(handle -> handle.createQuery(MEMBERS)
                .bindByType("state", wanted.state(), String.class)
                .bindByType("who", wanted.who() == null ? null : wanted.who().value(), String.class)
                .bindByType("account", wanted.whoopUserId(), Long.class)
                .bind("most", wanted.most())
                .map((row, context) -> {
                    found.set(row.getInt("found"));
                    return ConnectionRow.member(row);
                })
                .list());
        return new ConnectedMembers(listed, found.get());
    }

    /** Whether the member had this account before, and did not say since that it is not theirs. */
    boolean hadAccount(Handle handle, UserId who, long account) {
        return handle.createQuery(HAD_ACCOUNT)
                .bind("who", who.value())
                .bind("account", account)
                .mapTo(Boolean.class)
                .one();
    }

    /** Gives a connection that has its account the tokens of a new consent. */
    void connect(Handle handle, Connection connection, SealedTokens tokens, byte[] answerHash) {
        Instant now = connection.connectedAt();
        Map<String, Object> account = Map.of("whoopUserId", Objects.requireNonNull(connection.whoopUserId()));
        enter(
                handle.createQuery(CONNECT).bindMap(account).bindMap(consent(connection, tokens, answerHash)),
                connection.who(),
                "connected",
                now);
    }

    /** Keeps the tokens of a consent of which nothing more is known, and what the connection was before. */
    void keepTokens(Handle handle, Connection connection, SealedTokens tokens, byte[] answerHash, boolean replace) {
        handle.createUpdate(KEEP_TOKENS)
                .bindMap(consent(connection, tokens, answerHash))
                .bind("who", connection.who().value())
                .bind("replace", replace)
                .bind("now", utc(connection.connectedAt()))
                .execute();
    }

    /** The consent is of this account, and its connection may be used. */
    void assignAccount(Handle handle, UserId who, long account, Instant now) {
        enter(handle.createQuery(ASSIGN_ACCOUNT).bind("account", account), who, "connected", now);
    }

    /** The consent is of this account, which the member has to confirm. */
    void awaitConfirmation(Handle handle, UserId who, long account, Instant now) {
        enter(handle.createQuery(AWAIT_CONFIRMATION).bind("account", account), who, "another_account", now);
    }

    /** Writes into the history that the consent waits for its profile. */
    void rememberAwaitingProfile(UserId who, Instant now) {
        boolean unused = database.withHandle(
                handle -> enter(handle.createQuery(STILL_AWAITS_PROFILE), who, "profile_not_read", now));
    }

    /** A consent that cannot be used goes, and all is as before it; only tokens that were replaced do not come back. */
    void dismissConsent(Handle handle, UserId who, String reason, Instant now) {
        if (handle.createUpdate(DELETE_FIRST_CONSENT).bind("who", who.value()).execute() == 0) {
            enter(handle.createQuery(DISMISS_CONSENT), who, reason, now);
        }
    }

    /** The account that was connected last was never the member's. */
    void disown(Handle handle, UserId who) {
        handle.createUpdate(DISOWN).bind("who", who.value()).execute();
    }

    /**
     * Writes that the token pair of this version is about to be spent; waits no longer than {@code longest} for another
     * worker's lock. Returns the row, with the moment at which an earlier refresh began that never ended; empty when the
     * pair is no longer the current one.
     */
    Optional<ConnectionRow> beginRefresh(UserId who, long version, Duration longest, Instant now) {
        return database.withHandle(handle -> row(handle.createQuery(BEGIN_REFRESH)
                .bind("longest", millis(longest))
                .bind("who", who.value())
                .bind("version", version)
                .bind("now", utc(now))));
    }

    /** The token endpoint certainly did not spend the refresh token: all is as if the refresh had never begun. */
    void endRefresh(Handle handle, UserId who, long version, Instant now) {
        handle.createUpdate(END_REFRESH)
                .bind("who", who.value())
                .bind("version", version)
                .bind("now", utc(now))
                .execute();
    }

    /** Puts the next pair in the place of the pair of this version. Returns whether that one was still there. */
    boolean rotateTokens(Handle handle, UserId who, long version, SealedTokens tokens, Instant now) {
        return handle.createQuery(ROTATE_TOKENS)
                        .bindMap(pair(tokens))
                        .bind("who", who.value())
                        .bind("version", version)
                        .bind("now", utc(now))
                        .mapTo(Integer.class)
                        .one()
                == 1;
    }

    /** Only a new consent helps, unless the member gave one after the refused call began. Returns whether that is new. */
    boolean requireConsent(Handle handle, UserId who, String reason, Instant begun, Instant now) {
        return enter(handle.createQuery(REQUIRE_CONSENT).bind("begun", utc(begun)), who, reason, now);
    }

    /** Ends a connection and erases its tokens. Returns whether there was one. */
    boolean revoke(Handle handle, UserId who, String reason, Instant now) {
        return enter(handle.createQuery(REVOKE), who, reason, now);
    }

    /** Deletes the member's connection and its history. Returns the number of rows. */
    int erase(Handle handle, UserId who) {
        return handle.execute("delete from whoop_connection where user_id = ?", who.value())
                + handle.execute("delete from whoop_connection_history where user_id = ?", who.value());
    }

    /** Connections that need consent; of one member, or of all. */
    List<NeedsConsent> needingConsent(@Nullable UserId only) {
        return database.withHandle(handle -> handle.createQuery(NEED_CONSENT)
                .bind("who", only == null ? null : only.value())
                .map((row, context) -> new NeedsConsent(new UserId(row.getString(1)), row.getLong(2), row.getString(3)))
                .list());
    }

    /** Makes a connection usable again. Returns false when it changed in the meantime. */
    boolean reactivate(NeedsConsent connection, Instant now) {
        return database.withHandle(handle -> enter(
                handle.createQuery(REACTIVATE).bind("version", connection.tokenVersion()),
                connection.who(),
                "reactivated",
                now));
    }

    /** Executes a change of state that writes its history, too. Returns whether a row changed. */
    private static boolean enter(Query change, UserId who, String reason, Instant now) {
        return change.bind("who", who.value())
                        .bind("reason", reason)
                        .bind("now", utc(now))
                        .mapTo(Integer.class)
                        .one()
                == 1;
    }

    private static Optional<ConnectionRow> row(Query query) {
        return query.map((row, context) -> ConnectionRow.of(row)).findOne();
    }

    private static Map<String, ?> consent(Connection connection, SealedTokens tokens, byte[] answerHash) {
        Map<String, Object> consent = new HashMap<>(pair(tokens));
        consent.put(
                "scopes", String.join(" ", connection.scopes().stream().sorted().toList()));
        consent.put("answer", answerHash);
        return consent;
    }

    private static Map<String, ?> pair(SealedTokens tokens) {
        return Map.of(
                "access", tokens.accessToken(),
                "refresh", tokens.refreshToken(),
                "expiresAt", utc(tokens.accessExpiresAt()));
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }

    private static String remembered(String change) {
        return "with entered as (\n" + change + "\nreturning user_id, whoop_user_id, state, scopes, token_version\n"
                + HISTORY;
    }

    /** A statement in a file of its own, without the comment at its head. */
    private static String sql(String file) {
        try (InputStream text = Objects.requireNonNull(ConnectionStore.class.getResourceAsStream(file), file)) {
            String all = new String(text.readAllBytes(), StandardCharsets.UTF_8);
            return all.substring(all.indexOf("*/") + 2).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
