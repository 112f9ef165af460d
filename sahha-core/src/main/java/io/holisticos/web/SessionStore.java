package io.holisticos.web;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNoticeStore;
import io.holisticos.notice.Notice;
import io.holisticos.web.ApiKeyStore.Hash;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Owns table {@code browser_session}: sessions of browsers, found by the SHA-256 of their cookie. */
public final class SessionStore {

    /** The topic of notices between replicas about sessions; the key of a notice is the hash. */
    static final String TOPIC = "session_ended";

    private static final String SELECT = """
            select port, key_sha256, user_id, scopes, token_kid, coalesce(last_used_at, created_at) as last_used_at, ends_at
            from browser_session where session_sha256 = :hash""";
    private static final String INSERT = """
            insert into browser_session (session_sha256, port, key_sha256, user_id, scopes, token_kid, created_at, ends_at)
            values (:hash, :port, :key, :who, :scopes, :kid, :now, :endsAt)""";
    private static final String USED = """
            update browser_session set last_used_at = greatest(last_used_at, :at) where session_sha256 = :hash""";
    private static final String ONE_AT_A_TIME = """
            select 1 as locked from (select pg_advisory_xact_lock(hashtextextended('browser_session ' || :principal, 0))) held""";
    private static final String OF_KEY = """
            select session_sha256, created_at, port, key_sha256, user_id, scopes, token_kid,
            coalesce(last_used_at, created_at) as last_used_at, ends_at
            from browser_session where key_sha256 = :key order by created_at desc""";
    private static final String OF_MEMBER = """
            select session_sha256, created_at, port, key_sha256, user_id, scopes, token_kid,
            coalesce(last_used_at, created_at) as last_used_at, ends_at
            from browser_session where user_id = :who order by created_at desc""";
    private static final String DELETE = "delete from browser_session where session_sha256 = :hash";
    private static final String DELETE_ENDED = "delete from browser_session where ends_at < :now";
    private static final String OLDEST_OF_KEY = """
            select session_sha256 from browser_session where key_sha256 = :key order by created_at desc offset :most""";
    private static final String OLDEST_OF_MEMBER = """
            select session_sha256 from browser_session where user_id = :who order by created_at desc offset :most""";

    /** Names this store in the error when it cannot be reached. */
    private static final SourceName OURS = new SourceName("access");

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Jdbi jdbi;

    public SessionStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * A session: of a key, whose scopes and end count, or of a member.
     *
     * @param key null for a member's
     * @param member null for a key's
     * @param kid which key signed the member's token; null for a key's, and for one that an older version began
     * @param lastUsedAt as far as it was written; its beginning before that
     */
    record BrowserSession(
            SessionPort port,
            @Nullable Hash key,
            @Nullable Caller member,
            @Nullable String kid,
            Instant lastUsedAt,
            Instant endsAt) {

        static BrowserSession ofKey(SessionPort port, Hash key, Instant lastUsedAt, Instant endsAt) {
            return new BrowserSession(port, key, null, null, lastUsedAt, endsAt);
        }

        static BrowserSession ofMember(
                SessionPort port, Caller member, @Nullable String kid, Instant lastUsedAt, Instant endsAt) {
            return new BrowserSession(port, null, member, kid, lastUsedAt, endsAt);
        }
    }

    /** A session with what it is found by. */
    record Kept(Hash hash, BrowserSession session, Instant startedAt) {}

    /**
     * The sessions of a key, the latest first.
     *
     * @throws SourceUnavailable when the database does not answer
     */
    List<Kept> ofKey(Hash key) {
        return orAway(() -> jdbi.withHandle(handle -> handle.createQuery(OF_KEY)
                .bind("key", key.bytes())
                .map((row, context) -> kept(row))
                .list()));
    }

    /**
     * The sessions of a member, the latest first.
     *
     * @throws SourceUnavailable when the database does not answer
     */
    List<Kept> ofMember(UserId who) {
        return orAway(() -> jdbi.withHandle(handle -> handle.createQuery(OF_MEMBER)
                .bind("who", who.value())
                .map((row, context) -> kept(row))
                .list()));
    }

    private static Kept kept(ResultSet row) throws SQLException {
        return new Kept(
                Hash.in(row.getBytes("session_sha256")),
                session(row),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    /** @throws SourceUnavailable when the database does not answer */
    Optional<BrowserSession> find(Hash hash) {
        return orAway(() -> jdbi.withHandle(handle -> handle.createQuery(SELECT)
                .bind("hash", hash.bytes())
                .map((row, context) -> session(row))
                .findOne()));
    }

    /**
     * Saves a session, and ends the oldest of the same key or member, of which there are no more than {@code most}.
     *
     * @throws SourceUnavailable when the database does not answer
     */
    void save(Hash hash, BrowserSession session, int most, Instant now) {
        orAway(() -> jdbi.inTransaction(handle -> {
            handle.createQuery(ONE_AT_A_TIME)
                    .bind("principal", principal(session))
                    .mapToMap()
                    .one(); // else two that begin at once do not count each other
            handle.createUpdate(DELETE_ENDED).bind("now", utc(now)).execute();
            oldest(handle, session, most - 1).forEach(old -> delete(handle, Hash.in(old), now));
            insert(handle, hash, session, now);
            return true;
        }));
    }

    /** When these sessions were used. */
    void used(SortedMap<Hash, Instant> uses) {
        jdbi.useTransaction(handle -> {
            PreparedBatch batch = handle.prepareBatch(USED);
            uses.forEach((session, at) ->
                    batch.bind("hash", session.bytes()).bind("at", utc(at)).add());
            batch.execute();
        });
    }

    /**
     * Ends a session on every replica. Returns whether there was one.
     *
     * @throws SourceUnavailable when the database does not answer
     */
    boolean delete(Hash hash, Instant now) {
        return orAway(() -> jdbi.inTransaction(handle -> delete(handle, hash, now)));
    }

    private static boolean delete(Handle handle, Hash hash, Instant now) {
        boolean deleted = handle.createUpdate(DELETE).bind("hash", hash.bytes()).execute() > 0;
        if (deleted) {
            ChangeNoticeStore.write(handle, new Notice(TOPIC, hash.hex()), now);
        }
        return deleted;
    }

    private static void insert(Handle handle, Hash hash, BrowserSession session, Instant now) {
        Hash key = session.key();
        Caller member = session.member();
        handle.createUpdate(INSERT)
                .bind("hash", hash.bytes())
                .bind("port", session.port().word())
                .bind("key", key == null ? null : key.bytes())
                .bind("who", member == null ? null : memberId(member))
                .bind(
                        "scopes",
                        member == null
                                ? null
                                : String.join(
                                        " ", member.scopes().stream().sorted().toList()))
                .bind("kid", session.kid())
                .bind("now", utc(now))
                .bind("endsAt", utc(session.endsAt()))
                .execute();
    }

    /** Whose sessions are counted together. */
    private static String principal(BrowserSession session) {
        Hash key = session.key();
        Caller member = session.member();
        return key != null ? "key " + key.hex() : "member " + (member == null ? "" : memberId(member));
    }

    private static List<byte[]> oldest(Handle handle, BrowserSession session, int most) {
        Hash key = session.key();
        Caller member = session.member();
        return (key != null
                        ? handle.createQuery(OLDEST_OF_KEY).bind("key", key.bytes())
                        : handle.createQuery(OLDEST_OF_MEMBER).bind("who", member == null ? null : memberId(member)))
                .bind("most", most)
                .mapTo(byte[].class)
                .list();
    }

    private static @Nullable String memberId(Caller member) {
        return member.member().map(UserId::value).orElse(null);
    }

    private static BrowserSession session(ResultSet row) throws SQLException {
        SessionPort port = SessionPort.valueOf(row.getString("port").toUpperCase(Locale.ROOT));
        byte[] key = row.getBytes("key_sha256");
        Instant lastUsedAt = row.getObject("last_used_at", OffsetDateTime.class).toInstant();
        Instant endsAt = row.getObject("ends_at", OffsetDateTime.class).toInstant();
        return key != null
                ? BrowserSession.ofKey(port, Hash.in(key), lastUsedAt, endsAt)
                : BrowserSession.ofMember(
                        port,
                        Caller.ofMember(
                                new UserId(row.getString("user_id")),
                                Set.of(row.getString("scopes").split(" "))),
                        row.getString("token_kid"),
                        lastUsedAt,
                        endsAt);
    }

    private static <T> T orAway(Supplier<T> statements) {
        try {
            return statements.get();
        } catch (JdbiException e) {
            throw new SourceUnavailable(OURS, RETRY_AFTER, e);
        }
    }

    private static OffsetDateTime utc(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
