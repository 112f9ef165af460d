package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.codahale.metrics.MetricRegistry;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.TestDatabase;
import io.holisticos.web.Sessions.Begun;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions of browsers: how they begin, what they may do, and how each of them ends. */
class SessionsTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final URI PUBLIC_URL = URI.create("https://health.example");
    private static final String KEY = "a-key-of-the-dashboard";
    private static final Credentials.Key SHOWN = new Credentials.Key(KEY);
    private static final Function<String, List<String>> NO_BROWSER = name -> List.of();

    private static final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");

    private final ChangeNotices notices =
            new ChangeNotices("test", database.dataSource(), Clock.fixed(NOW, ZoneOffset.UTC));
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final AtomicReference<Set<String>> goodKeys = new AtomicReference<>(Set.of("now"));
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicInteger connections = new AtomicInteger();
    private final MetricRegistry metrics = new MetricRegistry();
    private final ApiKeyStore keyStore = new ApiKeyStore(database.jdbi());
    private final ApiKeys keys = new ApiKeys(keyStore, clock());
    private final Sessions sessions = replica(keys);

    @BeforeEach
    void start() {
        database.jdbi().useHandle(handle -> handle.execute("truncate browser_session, api_key"));
        keys.listenTo(notices);
        sessions.listenTo(notices);
        notices.start();
        within(notices::areListenedTo);
        keyStore.save(KEY, "dashboard", Scope.ALL, NOW);
    }

    @AfterEach
    void stop() throws Exception {
        notices.stop();
    }

    @Test
    void aSessionIsItsKeyWithoutWhatNoBrowserMayDoThere() {
        Begun api = begin(SessionPort.API);
        Begun admin = begin(SessionPort.ADMIN);

        assertThat(caller(api, SessionPort.API).orElseThrow().name()).isEqualTo("dashboard");
        assertThat(caller(api, SessionPort.API).orElseThrow().scopes())
                .containsExactlyInAnyOrder(Scope.HEALTH_READ, Scope.PREFERENCES_WRITE, Scope.CONNECT, Scope.PRIVACY)
                .isEqualTo(api.caller().scopes());
        assertThat(caller(admin, SessionPort.ADMIN).orElseThrow().scopes())
                .containsExactlyInAnyOrder(Scope.OPERATOR, Scope.METRICS);
    }

    @Test
    void theCookieIsSeenByNoScriptAndSentByNoOtherSite() {
        assertThat(begin(SessionPort.API).cookie())
                .matches("__Host-session=[A-Za-z0-9_-]{43}; Max-Age=28800; Path=/; Secure; HttpOnly; SameSite=Strict");
        assertThat(begin(SessionPort.ADMIN).cookie()).startsWith("__Host-admin-session=");
        assertThat(SessionCookie.of(SessionPort.API).forget())
                .isEqualTo("__Host-session=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict");
    }

    @Test
    void eachSessionHasASecretOfItsOwnOfWhichTheTableHoldsTheHash() {
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            secrets.add(secretOf(begin(SessionPort.API)));
        }

        assertThat(secrets).hasSize(5);
        String rows = database.jdbi()
                .withHandle(handle -> handle.createQuery("select string_agg(s::text, ' ') from browser_session s")
                        .mapTo(String.class)
                        .one());
        assertThat(rows).doesNotContain(secrets).doesNotContain(KEY);
        secrets.forEach(
                secret -> assertThat(rows).contains(ApiKeyStore.Hash.of(secret).hex()));
    }

    @Test
    void theCookieOfOnePortIsNothingOnTheOther() {
        Begun api = begin(SessionPort.API);
        Begun admin = begin(SessionPort.ADMIN);

        assertThat(caller(api, SessionPort.ADMIN)).isEmpty();
        assertThat(caller(admin, SessionPort.API)).isEmpty();
    }

    @Test
    void itEndsAfterEightHours() {
        Begun begun = begin(SessionPort.API);
        assertThat(begun.endsAt()).isEqualTo(NOW.plus(Duration.ofHours(8)));

        now.set(NOW.plus(Duration.ofHours(8)).minusMillis(1));
        assertThat(caller(begun, SessionPort.API)).isPresent();
        now.set(NOW.plus(Duration.ofHours(8)));
        assertThat(caller(begun, SessionPort.API)).isEmpty();

        begin(SessionPort.API);
        now.set(NOW.plus(Duration.ofHours(8)).plusMillis(1));
        begin(SessionPort.API);
        assertThat(rows()).as("ended ones are deleted").isEqualTo(2);
    }

    @Test
    void itEndsWhenItWasNotUsedForAWhile() {
        Sessions watched = replica(keys, idleAfter(Duration.ofHours(2)));
        Begun begun =
                watched.begin(SessionPort.API, SHOWN, keys.authenticate(KEY).orElseThrow(), NO_BROWSER);

        for (int i = 1; i <= 3; i++) {
            now.set(NOW.plus(Duration.ofMinutes(119L * i)));
            assertThat(watched.callerOf(reading(begun, SessionPort.API))).isPresent();
        }
        now.set(now.get().plus(Duration.ofMinutes(120)));
        assertThat(watched.callerOf(reading(begun, SessionPort.API))).isEmpty();
        assertThat(watched.callerOf(reading(begun, SessionPort.API)))
                .as("trying does not wake it")
                .isEmpty();
    }

    @Test
    void aUseOnOneReplicaCountsOnTheOthersAndARequestWritesNothing() {
        Sessions.Idle here = idleAfter(Duration.ofHours(2));
        Sessions one = replica(keys, here);
        Begun begun = one.begin(SessionPort.API, SHOWN, keys.authenticate(KEY).orElseThrow(), NO_BROWSER);
        now.set(NOW.plus(Duration.ofMinutes(100)));
        assertThat(one.callerOf(reading(begun, SessionPort.API))).isPresent();
        assertThat(lastUse()).as("not by the request").isEmpty();

        here.uses().write();
        assertThat(lastUse()).contains(now.get());
        now.set(NOW.plus(Duration.ofMinutes(103)));
        assertThat(one.callerOf(reading(begun, SessionPort.API))).isPresent();
        here.uses().write();
        assertThat(lastUse()).as("five minutes are exact enough").contains(NOW.plus(Duration.ofMinutes(100)));

        Sessions other = replica(keys, idleAfter(Duration.ofHours(2)));
        now.set(NOW.plus(Duration.ofMinutes(219)));
        assertThat(other.callerOf(reading(begun, SessionPort.API))).isPresent();
        now.set(NOW.plus(Duration.ofMinutes(221)));
        assertThat(replica(keys, idleAfter(Duration.ofHours(2))).callerOf(reading(begun, SessionPort.API)))
                .isEmpty();
    }

    private static Optional<Instant> lastUse() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select last_used_at from browser_session where last_used_at is not null")
                        .mapTo(Instant.class)
                        .findOne());
    }

    @Test
    void itEndsWithItsKeyOnEveryReplica() {
        Begun begun = begin(SessionPort.API);
        ApiKeys otherKeys = new ApiKeys(keyStore, clock());
        Sessions other = replica(otherKeys);
        otherKeys.listenTo(notices);
        other.listenTo(notices);
        assertThat(other.callerOf(reading(begun, SessionPort.API))).isPresent();
        assertThat(caller(begun, SessionPort.API)).isPresent();

        keyStore.revoke(idOfKey(), NOW);

        withinTwoSeconds(() -> other.callerOf(reading(begun, SessionPort.API)).isEmpty());
        withinTwoSeconds(() -> caller(begun, SessionPort.API).isEmpty());
    }

    @Test
    void itHasTheScopesThatItsKeyHasNow() {
        Begun begun = begin(SessionPort.API);
        assertThat(caller(begun, SessionPort.API).orElseThrow().may(Scope.CONNECT))
                .isTrue();

        keyStore.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);

        withinTwoSeconds(() -> !caller(begun, SessionPort.API).orElseThrow().may(Scope.CONNECT));
    }

    @Test
    void itEndsWhenItIsEndedOnEveryReplica() {
        Begun begun = begin(SessionPort.API);
        Sessions other = replica(keys);
        other.listenTo(notices);
        assertThat(other.callerOf(reading(begun, SessionPort.API))).isPresent();

        sessions.end(SessionPort.API, List.of("a=b; " + begun.cookie().split(";")[0]));

        assertThat(caller(begun, SessionPort.API)).as("here at once").isEmpty();
        withinTwoSeconds(() -> other.callerOf(reading(begun, SessionPort.API)).isEmpty());
        assertThat(rows()).isZero();
        sessions.end(SessionPort.API, List.of(begun.cookie().split(";")[0]));
    }

    /** Each one that is ended is a transaction: a header full of values would be hundreds. */
    @Test
    void aRequestEndsTwoSessionsAtMost() {
        List<String> cookies = Stream.generate(() -> begin(SessionPort.API))
                .limit(4)
                .map(begun -> begun.cookie().split(";")[0])
                .toList();
        String name = cookies.get(0).split("=")[0];

        sessions.end(SessionPort.API, List.of(name + "=short; " + String.join("; ", cookies)));

        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void aMembersSessionEndsWithTheTokenThatItWasBegunWith() {
        Caller anna = Caller.ofMember(new UserId("m-1"), Set.of(Scope.HEALTH_READ, Scope.CONNECT));
        Begun begun = sessions.begin(SessionPort.API, token(NOW.plusSeconds(600)), anna, NO_BROWSER);
        assertThat(begun.endsAt()).isEqualTo(NOW.plusSeconds(600));
        assertThat(begun.cookie()).contains("Max-Age=600;");

        now.set(NOW.plusSeconds(599));
        assertThat(caller(begun, SessionPort.API)).contains(anna);
        assertThat(replica(keys).callerOf(reading(begun, SessionPort.API))).contains(anna);
        now.set(NOW.plusSeconds(600));
        assertThat(caller(begun, SessionPort.API)).isEmpty();
        now.set(NOW);

        Begun longer = sessions.begin(SessionPort.API, token(NOW.plus(Duration.ofDays(30))), anna, NO_BROWSER);
        assertThat(longer.endsAt()).isEqualTo(NOW.plus(Duration.ofHours(8)));
    }

    @Test
    void aMembersSessionEndsWithTheKeyThatSignedTheToken() {
        Caller anna = Caller.ofMember(new UserId("m-1"), Set.of(Scope.HEALTH_READ));
        Begun begun = sessions.begin(SessionPort.API, token(NOW.plusSeconds(600)), anna, NO_BROWSER);
        Begun ofKey = begin(SessionPort.API);
        assertThat(caller(begun, SessionPort.API)).contains(anna);

        goodKeys.set(Set.of("next"));

        assertThat(caller(begun, SessionPort.API)).isEmpty();
        assertThat(replica(keys).callerOf(reading(begun, SessionPort.API))).isEmpty();
        assertThat(caller(ofKey, SessionPort.API)).as("a service's").isPresent();
        goodKeys.set(Set.of("next", "now"));
        assertThat(replica(keys).callerOf(reading(begun, SessionPort.API))).contains(anna);
    }

    @Test
    void aCredentialThatAllowsNothingThereBeginsNoSession() {
        Caller reader = Caller.ofKey("an-id", "reader", Set.of(Scope.HEALTH_READ));
        Caller operator = Caller.ofKey("another-id", "operator", Set.of(Scope.OPERATOR, Scope.METRICS, Scope.INTERNAL));
        Caller anna = Caller.ofMember(new UserId("m-1"), Set.of(Scope.HEALTH_READ));

        assertForbidden(SessionPort.ADMIN, SHOWN, reader, NO_BROWSER);
        assertForbidden(SessionPort.API, SHOWN, operator, NO_BROWSER);
        assertForbidden(SessionPort.ADMIN, token(NOW.plusSeconds(600)), anna, NO_BROWSER);
        assertForbidden(SessionPort.API, token(NOW), anna, NO_BROWSER);
        assertThat(rows()).isZero();
    }

    @Test
    void noSessionBeginsFromASession() {
        Begun begun = begin(SessionPort.API);

        assertForbidden(SessionPort.API, reading(begun, SessionPort.API), begun.caller(), NO_BROWSER);
        assertThat(rows()).isOne();
    }

    @Test
    void noSessionBeginsFromAPageOfAnotherSite() {
        Caller caller = keys.authenticate(KEY).orElseThrow();

        assertForbidden(SessionPort.API, SHOWN, caller, page("https://evil.example"));
        assertForbidden(SessionPort.API, SHOWN, caller, page("null"));
        assertForbidden(SessionPort.API, SHOWN, caller, Map.of("Sec-Fetch-Site", List.of("cross-site"))::get);
        assertThat(rows()).isZero();
        sessions.begin(SessionPort.API, SHOWN, caller, page("https://health.example"));
        assertThat(rows()).isOne();
    }

    @Test
    void whatChangesSomethingNeedsAScriptOfOurOwnPage() {
        Begun begun = begin(SessionPort.API);

        assertThat(sessions.callerOf(changing(begun, ownScript()))).isPresent();
        for (Map<String, List<String>> other : List.of(
                Map.<String, List<String>>of(),
                without("Origin"),
                without("X-Requested-With"),
                with("X-Requested-With", " "),
                with("Origin", "null"),
                with("Origin", "https://evil.example"),
                with("Origin", "http://health.example"),
                with("Origin", "https://health.example:8443"),
                with("Origin", "https://health.example.evil.example"),
                with("Origin", "https://HEALTH.example"),
                with("Sec-Fetch-Site", "same-site"),
                with("Sec-Fetch-Site", "none"),
                Map.of(
                        "Origin", List.of("https://health.example", "https://evil.example"),
                        "X-Requested-With", List.of("fetch")))) {
            assertThatThrownBy(() -> sessions.callerOf(changing(begun, other)))
                    .as(other.toString())
                    .isInstanceOf(Forbidden.class);
        }
        assertThat(metrics.meter("security.session_refused").getCount()).isEqualTo(13);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "a\u0000b", "\u00e4\u00f6", "' or 1=1 --"})
    void whatIsNoSecretIsNotEvenLookedUp(String text) {
        int before = connections.get();

        assertThat(sessions.callerOf(
                        new Credentials.Session(SessionPort.API, text, true, RequestingPage.of(NO_BROWSER))))
                .isEmpty();
        assertThat(sessions.callerOf(new Credentials.Session(
                        SessionPort.API, text.repeat(1_000), true, RequestingPage.of(NO_BROWSER))))
                .isEmpty();
        assertThat(connections).hasValue(before);
    }

    @Test
    void aSecretThatWasChangedOpensNothing() {
        String secret = secretOf(begin(SessionPort.API));

        for (int i = 0; i < secret.length(); i++) {
            char other = secret.charAt(i) == 'A' ? 'B' : 'A';
            String changed = secret.substring(0, i) + other + secret.substring(i + 1);
            assertThat(sessions.callerOf(
                            new Credentials.Session(SessionPort.API, changed, true, RequestingPage.of(NO_BROWSER))))
                    .isEmpty();
        }
    }

    @Test
    void aKnownSessionCostsNoStatement() {
        Begun begun = begin(SessionPort.API);
        caller(begun, SessionPort.API);
        int before = connections.get();

        for (int i = 0; i < 100; i++) {
            assertThat(caller(begun, SessionPort.API)).isPresent();
        }

        assertThat(connections).hasValue(before);
    }

    @Test
    void whileTheDatabaseIsAwayAKnownSessionWorksForTenMinutes() {
        Begun begun = begin(SessionPort.API);
        Begun unknown = begin(SessionPort.API);
        assertThat(caller(begun, SessionPort.API)).isPresent();
        away.set(true);

        now.set(NOW.plus(Duration.ofMinutes(10)).minusSeconds(1));
        assertThat(caller(begun, SessionPort.API)).isPresent();
        assertThatThrownBy(() -> caller(unknown, SessionPort.API)).isInstanceOf(SourceUnavailable.class);
        now.set(NOW.plus(Duration.ofMinutes(10)));
        assertThatThrownBy(() -> caller(begun, SessionPort.API)).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> begin(SessionPort.API)).isInstanceOf(SourceUnavailable.class);

        away.set(false);
        assertThat(caller(begun, SessionPort.API)).isPresent();
    }

    @Test
    void oneMoreThanAHundredEndsTheOldest() {
        Begun first = begin(SessionPort.API);
        Caller anna = Caller.ofMember(new UserId("m-1"), Set.of(Scope.HEALTH_READ));
        Begun annas = sessions.begin(SessionPort.API, token(NOW.plusSeconds(600)), anna, NO_BROWSER);
        assertThat(caller(first, SessionPort.API)).isPresent();
        Begun second = null;
        for (int i = 1; i <= Sessions.MOST; i++) {
            now.set(NOW.plusMillis(i));
            Begun one = begin(SessionPort.API);
            second = second == null ? one : second;
        }

        withinTwoSeconds(() -> caller(first, SessionPort.API).isEmpty());
        assertThat(caller(second, SessionPort.API)).isPresent();
        assertThat(caller(annas, SessionPort.API)).isPresent();
        assertThat(rows()).isEqualTo(Sessions.MOST + 1);
    }

    @Test
    void manyThatBeginAtOnceAreNoMoreThanAHundred() throws Exception {
        for (int i = 1; i < Sessions.MOST; i++) {
            begin(SessionPort.API);
        }
        ExecutorService browsers = Executors.newFixedThreadPool(8);
        try {
            List<Future<Begun>> begun = browsers.invokeAll(Collections.nCopies(24, () -> begin(SessionPort.API)));
            for (Future<Begun> one : begun) {
                one.get();
            }
        } finally {
            browsers.shutdownNow();
        }

        assertThat(rows()).isEqualTo(Sessions.MOST);
    }

    @Test
    void aPersonSeesTheirOwnSessionsThatGoOnAndWhichIsThisOne() {
        Begun first = begin(SessionPort.API);
        now.set(NOW.plusSeconds(60));
        Begun second = begin(SessionPort.API);
        begin(SessionPort.ADMIN);
        keyStore.save("another-key", "another", Scope.ALL, NOW);
        beginWith("another-key");
        now.set(NOW.plusSeconds(90));
        assertThat(caller(first, SessionPort.API)).isPresent();

        List<Sessions.Own> own = sessions.ownOf(reading(second, SessionPort.API), second.caller());

        assertThat(own)
                .extracting(Sessions.Own::startedAt, Sessions.Own::lastUsedAt, Sessions.Own::isThisOne)
                .containsExactly(
                        tuple(NOW.plusSeconds(60), NOW.plusSeconds(60), true), tuple(NOW, NOW.plusSeconds(90), false));
        assertThat(own).allSatisfy(one -> {
            assertThat(one.id()).matches("[0-9a-f]{32}");
            assertThat(one.endsAt()).isEqualTo(one.startedAt().plus(Sessions.LIFETIME));
        });
        assertThat(own.toString())
                .doesNotContain(
                        secretOf(first),
                        secretOf(second),
                        ApiKeyStore.Hash.of(secretOf(first)).hex());
        assertThat(sessions.ownOf(SHOWN, keys.authenticate(KEY).orElseThrow()))
                .as("with the key itself, those of both ports, none of which is this one")
                .extracting(Sessions.Own::port, Sessions.Own::isThisOne)
                .containsExactlyInAnyOrder(
                        tuple(SessionPort.API, false), tuple(SessionPort.API, false), tuple(SessionPort.ADMIN, false));
    }

    @Test
    void whatHasEndedIsSeenNoMore() {
        begin(SessionPort.API);
        now.set(NOW.plus(Duration.ofHours(7)));
        Begun later = begin(SessionPort.API);
        now.set(NOW.plus(Duration.ofHours(8)));

        assertThat(sessions.ownOf(reading(later, SessionPort.API), later.caller()))
                .singleElement()
                .satisfies(own -> assertThat(own.isThisOne()).isTrue());

        Caller anna = Caller.ofMember(new UserId("m-1"), Set.of(Scope.HEALTH_READ));
        Credentials.Token token = token(now.get().plusSeconds(600));
        sessions.begin(SessionPort.API, token, anna, NO_BROWSER);
        assertThat(sessions.ownOf(token, anna)).hasSize(1);
        goodKeys.set(Set.of("next"));
        assertThat(sessions.ownOf(token, anna)).isEmpty();
    }

    @Test
    void onesOwnSessionIsEndedByItsIdOnEveryReplicaAndNobodyElsesIs() {
        Begun here = begin(SessionPort.API);
        Begun there = begin(SessionPort.API);
        keyStore.save("another-key", "another", Scope.ALL, NOW);
        Begun others = beginWith("another-key");
        Sessions other = replica(keys);
        other.listenTo(notices);
        assertThat(other.callerOf(reading(there, SessionPort.API))).isPresent();
        String idOfThere = idOf(there);

        assertThat(sessions.endOwn(
                        reading(here, SessionPort.API),
                        here.caller(),
                        own -> own.id().equals(idOf(others))))
                .isEmpty();
        assertThat(sessions.endOwn(
                        reading(here, SessionPort.API),
                        here.caller(),
                        own -> own.id().equals(idOfThere)))
                .hasSize(1);

        assertThat(caller(there, SessionPort.API)).as("here at once").isEmpty();
        withinTwoSeconds(() -> other.callerOf(reading(there, SessionPort.API)).isEmpty());
        assertThat(caller(here, SessionPort.API)).isPresent();
        assertThat(caller(others, SessionPort.API)).isPresent();
    }

    private Begun beginWith(String key) {
        return sessions.begin(
                SessionPort.API,
                new Credentials.Key(key),
                keys.authenticate(key).orElseThrow(),
                NO_BROWSER);
    }

    private String idOf(Begun begun) {
        return sessions.ownOf(reading(begun, SessionPort.API), begun.caller()).stream()
                .filter(Sessions.Own::isThisOne)
                .map(Sessions.Own::id)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void nothingThatHoldsASecretPrintsIt() {
        Begun begun = begin(SessionPort.API);

        assertThat(begun.toString()).doesNotContain(secretOf(begun));
        assertThat(reading(begun, SessionPort.API).toString()).doesNotContain(secretOf(begun));
    }

    private Begun begin(SessionPort port) {
        return sessions.begin(port, SHOWN, keys.authenticate(KEY).orElseThrow(), NO_BROWSER);
    }

    private void assertForbidden(
            SessionPort port, Credentials shown, Caller caller, Function<String, List<String>> headers) {
        assertThatThrownBy(() -> sessions.begin(port, shown, caller, headers)).isInstanceOf(Forbidden.class);
    }

    private Optional<Caller> caller(Begun begun, SessionPort port) {
        return sessions.callerOf(reading(begun, port));
    }

    private static Credentials.Session reading(Begun begun, SessionPort port) {
        return new Credentials.Session(port, secretOf(begun), true, RequestingPage.of(NO_BROWSER));
    }

    private static Credentials.Session changing(Begun begun, Map<String, List<String>> headers) {
        return new Credentials.Session(SessionPort.API, secretOf(begun), false, RequestingPage.of(headers::get));
    }

    private static Map<String, List<String>> ownScript() {
        return Map.of("Origin", List.of("https://health.example"), "X-Requested-With", List.of("fetch"));
    }

    private static Map<String, List<String>> with(String name, String value) {
        Map<String, List<String>> headers = new java.util.HashMap<>(ownScript());
        headers.put(name, List.of(value));
        return headers;
    }

    private static Map<String, List<String>> without(String name) {
        Map<String, List<String>> headers = new java.util.HashMap<>(ownScript());
        headers.remove(name);
        return headers;
    }

    private static Function<String, List<String>> page(String origin) {
        return Map.of("Origin", List.of(origin))::get;
    }

    private static String secretOf(Begun begun) {
        String pair = begun.cookie().split(";")[0];
        return pair.substring(pair.indexOf('=') + 1);
    }

    /** As it is after it was verified. */
    private static Credentials.Token token(Instant expires) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("now").build(),
                    new JWTClaimsSet.Builder()
                            .subject("m-1")
                            .expirationTime(Date.from(expires))
                            .build());
            token.sign(new MACSigner(new byte[32]));
            return new Credentials.Token(token.serialize());
        } catch (com.nimbusds.jose.JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private String idOfKey() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select public_id from api_key where key_sha256 = sha256(cast(:key as bytea))")
                        .bind("key", KEY)
                        .mapTo(String.class)
                        .one());
    }

    private int rows() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from browser_session")
                        .mapTo(Integer.class)
                        .one());
    }

    private Sessions replica(ApiKeys its) {
        return replica(its, idleAfter(Duration.ofHours(8)));
    }

    private Sessions.Idle idleAfter(Duration limit) {
        return Sessions.Idle.after(limit, new SessionStore(database.jdbi()), clock());
    }

    private Sessions replica(ApiKeys its, Sessions.Idle idle) {
        return new Sessions(
                new SessionStore(Jdbi.create(switchable())),
                idle,
                new Sessions.Ground(
                        its,
                        kid -> goodKeys.get().contains(String.valueOf(kid)),
                        PUBLIC_URL,
                        new SecurityEvents(metrics),
                        new SecureRandom(),
                        clock()));
    }

    /** Counts connections, and gives none while the database is away. */
    private DataSource switchable() {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new SQLException("the database is away", "08001");
                    }
                    connections.incrementAndGet();
                    return method.invoke(database.dataSource(), arguments);
                });
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }

    private static void within(BooleanSupplier holds) {
        within(Duration.ofSeconds(20), holds);
    }

    private static void withinTwoSeconds(BooleanSupplier holds) {
        within(Duration.ofSeconds(2), holds);
    }

    private static void within(Duration time, BooleanSupplier holds) {
        long end = System.nanoTime() + time.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not come about within " + time);
            }
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
