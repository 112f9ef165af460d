package io.holisticos.web;

import com.nimbusds.jwt.SignedJWT;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.web.ApiKeyStore.Hash;
import io.holisticos.web.SessionStore.BrowserSession;
import java.net.URI;
import java.security.SecureRandom;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sessions of browsers. A session is begun with a key or a member's token, and ends after eight hours, when it was not used for
 * a while, when it is ended, or with what it was begun with. Known sessions are kept in memory until a notice about them arrives. Thread-safe.
 */
public final class Sessions {

    /** A working day. */
    static final Duration LIFETIME = Duration.ofHours(8);

    /** The most sessions of one key or one member on all ports. Each is a row. */
    static final int MOST = 100;

    /** Whoever ends other sessions than their own signed in within this time: the cookie alone may be a stolen one. */
    static final Duration SIGNED_IN_LATELY = Duration.ofMinutes(5);

    private static final int MOST_IN_MEMORY = 10_000;

    /** 256 bits: 43 characters. */
    private static final int BYTES = 32;

    /** Each is a transaction of its own. */
    private static final int MOST_ENDED = 2;

    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{43}");

    private final SessionStore store;
    private final Idle idle;
    private final ApiKeys keys;
    private final TokenKeys tokenKeys;
    private final Map<SessionPort, OwnPages> ownPages;
    private final SecurityEvents security;
    private final SecureRandom random;
    private final Clock clock;
    private final KnownRows<BrowserSession> known;

    /** What sessions are begun with, and where. */
    public record Ground(
            ApiKeys keys,
            TokenKeys tokenKeys,
            URI publicUrl,
            SecurityEvents security,
            SecureRandom random,
            Clock clock) {}

    /**
     * When a session ends that is not used.
     *
     * @param limit how long it may be unused
     * @param uses when it was used
     */
    public record Idle(Duration limit, LastUses uses) {

        /** One replica hears of uses on another a little later, so a session may end by a twenty-fourth and a minute early. */
        private static final int EXACT_TO_ONE_IN = 24;

        /** @param store of a pool for work in the background */
        public static Idle after(Duration limit, SessionStore store, Clock clock) {
            return new Idle(limit, LastUses.of(store, limit.dividedBy(EXACT_TO_ONE_IN), clock));
        }

        private Instant lastUse(Hash hash, BrowserSession session) {
            Instant here = uses.last(hash).orElse(session.lastUsedAt());
            return here.isAfter(session.lastUsedAt()) ? here : session.lastUsedAt();
        }

        private Instant endOf(Hash hash, BrowserSession session) {
            return lastUse(hash, session).plus(limit);
        }
    }

    public Sessions(SessionStore store, Idle idle, Ground ground) {
        this.store = store;
        this.idle = idle;
        this.keys = ground.keys();
        this.tokenKeys = ground.tokenKeys();
        this.ownPages = Map.of(
                SessionPort.API, OwnPages.of(SessionPort.API, ground.publicUrl()),
                SessionPort.ADMIN, OwnPages.of(SessionPort.ADMIN, ground.publicUrl()));
        this.security = ground.security();
        this.random = ground.random();
        this.clock = ground.clock();
        this.known = new KnownRows<>(store::find, this::isCurrent, MOST_IN_MEMORY, clock);
    }

    /** From now on a session that is ended on one replica is refused by all. */
    public void listenTo(ChangeNotices notices) {
        known.listenTo(notices, SessionStore.TOPIC);
    }

    /**
     * A session that has begun.
     *
     * @param cookie the value of {@code Set-Cookie}
     * @param caller who the browser is from now on, with what the session may do
     */
    public record Begun(String cookie, Caller caller, Instant endsAt) {
        /** The cookie holds the secret. */
        @Override
        public String toString() {
            return "Begun[" + caller + "]";
        }
    }

    /**
     * Begins a session for whoever shows a key or a token.
     *
     * @param shown is known as this caller's
     * @param headers returns all values of a header of the request by its name
     * @throws Forbidden unless it is a key or a token that allows something on this port, sent by no page of another origin
     * @throws SourceUnavailable when the database does not answer
     */
    public Begun begin(
            SessionPort port, Credentials shown, Caller caller, Function<String, @Nullable List<String>> headers) {
        if (ownPages(port).isAnother(RequestingPage.of(headers))) {
            security.note(SecurityEvents.Kind.SESSION_REFUSED, "other_page");
            throw new Forbidden("a session begins only from a page of this origin");
        }
        Caller narrowed = port.narrowed(caller);
        if (narrowed.scopes().isEmpty()) {
            throw new Forbidden("this credential allows nothing that a session of this port may do");
        }
        Instant now = clock.instant();
        BrowserSession session = sessionOf(port, shown, narrowed, now);
        Duration lifetime = Duration.between(now, session.endsAt());
        if (lifetime.isZero() || lifetime.isNegative()) { // its issuer's clock may be behind ours
            throw new Forbidden("this token has expired: send a fresh one");
        }
        String secret = freshSecret();
        store.save(Hash.of(secret), session, MOST, now);
        security.note(SecurityEvents.SessionChange.SESSION_BEGUN, port.word());
        return new Begun(SessionCookie.of(port).set(secret, lifetime), narrowed, session.endsAt());
    }

    private static BrowserSession sessionOf(SessionPort port, Credentials shown, Caller narrowed, Instant now) {
        Instant latest = now.plus(LIFETIME);
        if (shown instanceof Credentials.Key key) {
            return BrowserSession.ofKey(port, Hash.of(key.text()), now, latest);
        }
        if (shown instanceof Credentials.Token token && narrowed.member().isPresent()) {
            SignedJWT verified = parsed(token);
            String kid = verified.getHeader().getKeyID();
            Instant expires = expiryOf(verified);
            return BrowserSession.ofMember(port, narrowed, kid, now, expires.isBefore(latest) ? expires : latest);
        }
        throw new Forbidden("a session begins with a key or a token, not with another session");
    }

    /** A token that was verified before. */
    private static SignedJWT parsed(Credentials.Token token) {
        try {
            return SignedJWT.parse(token.text());
        } catch (ParseException e) {
            throw new Forbidden("this token cannot be read: send a fresh one");
        }
    }

    private static Instant expiryOf(SignedJWT verified) {
        try {
            Date expires = verified.getJWTClaimsSet().getExpirationTime();
            return expires == null ? Instant.EPOCH : expires.toInstant();
        } catch (ParseException e) {
            return Instant.EPOCH;
        }
    }

    /**
     * Whose session this is, with what it may do on its port; empty when there is none, or no longer.
     *
     * @throws Forbidden when the request would change something, and no script of a page of ours makes it
     * @throws SourceUnavailable when that cannot be found out now
     */
    public Optional<Caller> callerOf(Credentials.Session shown) {
        if (!shown.reads() && !ownPages(shown.port()).isOurScript(shown.page())) {
            security.note(SecurityEvents.Kind.SESSION_REFUSED, "other_page");
            throw new Forbidden("a session changes something only from a script of this origin: send Origin and "
                    + RequestingPage.SCRIPT_HEADER);
        }
        if (!SECRET.matcher(shown.text()).matches()) {
            return Optional.empty();
        }
        Hash hash = Hash.of(shown.text());
        Optional<Caller> caller = known.find(hash)
                .filter(session -> session.port() == shown.port())
                .flatMap(this::owner)
                .map(shown.port()::narrowed);
        caller.ifPresent(who -> idle.uses().note(hash));
        return caller;
    }

    private boolean isCurrent(Hash hash, BrowserSession session) {
        Instant now = clock.instant();
        return now.isBefore(session.endsAt()) && now.isBefore(idle.endOf(hash, session));
    }

    /**
     * A key's session is what its key is: revoked with it, and named by it in the log. A member's is good for as long as the key
     * is that signed the token.
     */
    private Optional<Caller> owner(BrowserSession session) {
        Hash key = session.key();
        if (key != null) {
            return keys.authenticate(key);
        }
        Optional<Caller> member =
                Optional.ofNullable(session.member()).filter(caller -> tokenKeys.areGood(session.kid()));
        member.ifPresent(Caller::nameInRequest);
        return member;
    }

    /**
     * Ends the sessions that a request sends the cookies of; a browser sends one, or two where an attacker set another beside it.
     *
     * @throws SourceUnavailable when the database does not answer
     */
    public void end(SessionPort port, List<String> cookieHeaders) {
        SessionCookie.of(port).valuesIn(cookieHeaders).stream()
                .filter(value -> SECRET.matcher(value).matches())
                .limit(MOST_ENDED)
                .forEach(secret -> end(Hash.of(secret), port));
    }

    private void end(Hash hash, SessionPort port) {
        if (store.delete(hash, clock.instant())) {
            security.note(SecurityEvents.SessionChange.SESSION_ENDED, port.word());
        }
        known.forget(hash);
    }

    /**
     * A session as the person sees it whose it is.
     *
     * @param id names it, and says nothing of its secret
     * @param lastUsedAt as far as this replica knows
     */
    public record Own(
            String id, SessionPort port, Instant startedAt, Instant lastUsedAt, Instant endsAt, boolean isThisOne) {

        /** Of 128 bits of a hash of the hash that the table holds. */
        private static String idOf(Hash hash) {
            return Hash.of("id of session " + hash.hex()).hex().substring(0, 32);
        }
    }

    /**
     * The sessions that were begun with the same key or for the same member and go on, the latest first. A session sees those of its
     * own port.
     *
     * @param shown is known as this caller's
     * @throws SourceUnavailable when the database does not answer
     */
    public List<Own> ownOf(Credentials shown, Caller caller) {
        return current(shown, caller).stream().map(begun -> own(shown, begun)).toList();
    }

    private Own own(Credentials shown, SessionStore.Kept begun) {
        return new Own(
                Own.idOf(begun.hash()),
                begun.session().port(),
                begun.startedAt(),
                idle.lastUse(begun.hash(), begun.session()),
                begun.session().endsAt(),
                isThisOne(shown, begun.hash()));
    }

    /**
     * Ends those of the caller's own sessions that are wanted, and returns them.
     *
     * @param shown is known as this caller's
     * @throws Forbidden when others than the request's own are wanted by a session that began too long ago
     * @throws SourceUnavailable when the database does not answer
     */
    public List<Own> endOwn(Credentials shown, Caller caller, Predicate<Own> wanted) {
        List<SessionStore.Kept> all = current(shown, caller);
        List<SessionStore.Kept> ending =
                all.stream().filter(begun -> wanted.test(own(shown, begun))).toList();
        boolean endsOthers = ending.stream().anyMatch(begun -> !isThisOne(shown, begun.hash()));
        if (endsOthers && !isSignedInLately(shown, all)) {
            security.note(SecurityEvents.Kind.SESSION_REFUSED, "signed_in_long_ago");
            throw new Forbidden(
                    "to end other sessions, sign in again first: POST /session with a key or a token, or send"
                            + " that with this request");
        }
        ending.forEach(begun -> end(begun.hash(), begun.session().port()));
        return ending.stream().map(begun -> own(shown, begun)).toList();
    }

    /** Whoever sends a key or a token signs in with the very request. */
    private boolean isSignedInLately(Credentials shown, List<SessionStore.Kept> own) {
        Instant lately = clock.instant().minus(SIGNED_IN_LATELY);
        return !(shown instanceof Credentials.Session)
                || own.stream()
                        .anyMatch(begun -> isThisOne(shown, begun.hash())
                                && begun.startedAt().isAfter(lately));
    }

    private List<SessionStore.Kept> current(Credentials shown, Caller caller) {
        return begunBy(shown, caller).stream()
                .filter(begun -> isCurrent(begun.hash(), begun.session()))
                .filter(begun -> begun.session().key() != null
                        || tokenKeys.areGood(begun.session().kid()))
                .filter(begun -> !(shown instanceof Credentials.Session session)
                        || begun.session().port() == session.port()) // a page for members ends nothing of an operator's
                .toList();
    }

    private List<SessionStore.Kept> begunBy(Credentials shown, Caller caller) {
        if (caller.member().isPresent()) {
            return store.ofMember(caller.member().get());
        }
        if (shown instanceof Credentials.Key key) {
            return store.ofKey(Hash.of(key.text()));
        }
        return shown instanceof Credentials.Session session
                ? known.find(Hash.of(session.text()))
                        .flatMap(own -> Optional.ofNullable(own.key()))
                        .map(store::ofKey)
                        .orElse(List.of())
                : List.of();
    }

    private static boolean isThisOne(Credentials shown, Hash hash) {
        return shown instanceof Credentials.Session session
                && Hash.of(session.text()).equals(hash);
    }

    private OwnPages ownPages(SessionPort port) {
        return Objects.requireNonNull(ownPages.get(port));
    }

    private String freshSecret() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
