package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.TestDatabase;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ApiKeyStore.Hash;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ApiKeysTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String KEY = "a-key-of-the-dashboard";

    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final ApiKeyStore store = new ApiKeyStore(database.jdbi());
    private final ChangeNotices notices =
            new ChangeNotices("test", database.dataSource(), Clock.fixed(NOW, ZoneOffset.UTC));
    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    private final AtomicBoolean away = new AtomicBoolean();
    private final ApiKeys keys = new ApiKeys(store, clock());

    @BeforeEach
    void start() {
        keys.listenTo(notices);
        notices.start();
        within(Duration.ofSeconds(20), notices::areListenedTo);
    }

    @AfterEach
    void stop() throws Exception {
        notices.stop();
    }

    @Test
    void aKeyThatIsWithdrawnElsewhereIsRefusedWithinTwoSeconds() {
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);
        assertThat(keys.authenticate(KEY)).isPresent();

        assertThat(store.revoke(idOf(KEY), NOW)).isTrue();

        within(Duration.ofSeconds(2), () -> keys.authenticate(KEY).isEmpty());
    }

    @Test
    void otherScopesOfAKeyCountWithinTwoSeconds() {
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);
        assertThat(keys.authenticate(KEY).orElseThrow().may(Scope.OPERATOR)).isFalse();

        store.save(KEY, "dashboard", Set.of(Scope.OPERATOR), NOW);

        within(Duration.ofSeconds(2), () -> keys.authenticate(KEY).orElseThrow().may(Scope.OPERATOR));
    }

    @Test
    void whatChangesNothingTellsNothing() {
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ, Scope.OPERATOR), NOW);

        store.save(KEY, "dashboard", Set.of(Scope.OPERATOR, Scope.HEALTH_READ), NOW);
        assertThat(store.revoke("none", NOW)).isFalse();

        int notices = database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from change_notice")
                        .mapTo(Integer.class)
                        .one());
        assertThat(notices).isEqualTo(1);
    }

    @Test
    void whileTheDatabaseIsAwayAKeyWorksForTenMinutesAfterItWasLastKnownGood() {
        ApiKeys withoutDatabase = new ApiKeys(new ApiKeyStore(Jdbi.create(switchable())), clock());
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);
        assertThat(withoutDatabase.authenticate(KEY)).isPresent();
        away.set(true);

        now.set(NOW.plus(Duration.ofMinutes(10)).minusSeconds(1));
        assertThat(withoutDatabase.authenticate(KEY)).isPresent();
        now.set(NOW.plus(Duration.ofMinutes(10)));
        assertThatThrownBy(() -> withoutDatabase.authenticate(KEY)).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> withoutDatabase.authenticate(KEY))
                .as("a look in vain does not make it good again")
                .isInstanceOf(SourceUnavailable.class);

        away.set(false);
        assertThat(withoutDatabase.authenticate(KEY)).isPresent();
    }

    @Test
    void aKeyThatIsRevokedWhileTheDatabaseIsAwayIsRefusedOnceItIsBack() {
        ApiKeys withoutDatabase = new ApiKeys(new ApiKeyStore(Jdbi.create(switchable())), clock());
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);
        assertThat(withoutDatabase.authenticate(KEY)).isPresent();
        away.set(true);
        store.revoke(idOf(KEY), NOW);
        now.set(NOW.plus(Duration.ofMinutes(11)));
        assertThatThrownBy(() -> withoutDatabase.authenticate(KEY)).isInstanceOf(SourceUnavailable.class);

        away.set(false);

        assertThat(withoutDatabase.authenticate(KEY)).isEmpty();
    }

    @Test
    void aGlanceNeverWaitsForTheTableAndLooksUpOnceInAWhile() throws Exception {
        ApiKeys glanced = new ApiKeys(new ApiKeyStore(Jdbi.create(switchable())), clock());
        List<Runnable> looks = new ArrayList<>();
        RequestContext first = RequestContext.arriving(header -> null);
        RequestContext second = RequestContext.arriving(header -> null);
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);

        away.set(true);
        try (RequestContext.Binding binding = first.bind()) {
            assertThat(glanced.glance(KEY, looks::add).caller()).isNull();
            assertThat(glanced.glance("nobody-s-key", looks::add).isUnknown()).isFalse();
            glanced.glance("nobody-s-key", looks::add);
        }
        assertThat(looks).hasSize(2);
        looks.get(1).run(); // in vain, and quietly
        away.set(false);
        looks.forEach(Runnable::run);
        assertThat(first.caller()).as("its line may not be written yet").isEqualTo("dashboard");

        away.set(true);
        try (RequestContext.Binding binding = second.bind()) {
            assertThat(glanced.glance(KEY, looks::add).caller()).isNotNull();
            assertThat(glanced.glance("nobody-s-key", looks::add).isUnknown()).isTrue();
        }
        assertThat(second.caller()).isEqualTo("dashboard");
        assertThat(looks).hasSize(2);
    }

    @Test
    void aKeyOpensNothingFromTheInstantAtWhichItExpires() {
        store.create(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW.plus(Duration.ofDays(90)), NOW);
        now.set(NOW.plus(Duration.ofDays(90)).minusSeconds(1));
        assertThat(keys.authenticate(KEY)).isPresent();

        now.set(NOW.plus(Duration.ofDays(90)));

        assertThat(keys.authenticate(KEY)).as("although it is in memory").isEmpty();
        assertThat(new ApiKeys(store, clock()).authenticate(KEY)).isEmpty();
    }

    @Test
    void aLeasedKeyHasEveryScopeWhateverAVersionBeforeKnewOf() {
        store.beginLease(KEY, NOW, NOW.plus(Duration.ofMinutes(10)));
        database.jdbi().useHandle(handle -> handle.execute("update api_key set scopes = 'health:read'"));

        assertThat(keys.authenticate(KEY).orElseThrow().scopes()).isEqualTo(Scope.ALL);
    }

    @Test
    void usesAreWrittenInTheBackgroundAndOnceAnHourForAKey() {
        LastUses uses = LastUses.of(store, clock());
        keys.noteUsesIn(uses);
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);

        keys.authenticate(KEY);
        keys.authenticate("nobody-s-key");
        assertThat(lastUse()).as("not by the request").isNull();
        uses.write();
        assertThat(lastUse()).isEqualTo(NOW);

        now.set(NOW.plus(Duration.ofMinutes(59)));
        keys.authenticate(KEY);
        uses.write();
        assertThat(lastUse()).isEqualTo(NOW);

        now.set(NOW.plus(Duration.ofMinutes(60)));
        keys.authenticate(KEY);
        uses.write();
        assertThat(lastUse()).isEqualTo(now.get());
    }

    @Test
    void aUseThatCannotBeWrittenIsWrittenLater() {
        LastUses uses = LastUses.of(new ApiKeyStore(Jdbi.create(switchable())), clock());
        keys.noteUsesIn(uses);
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);
        keys.authenticate(KEY);

        away.set(true);
        uses.write();
        away.set(false);
        uses.write();

        assertThat(lastUse()).isEqualTo(NOW);
    }

    @Test
    void aLaterUseWhileAnEarlierOneIsWrittenIsRemembered() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        LastUses uses = LastUses.of(new ApiKeyStore(Jdbi.create(connecting(meanwhile))), clock());
        Hash used = Hash.of(KEY);
        uses.note(used);
        Instant later = NOW.plus(Duration.ofMinutes(61));
        meanwhile.set(() -> {
            now.set(later);
            uses.note(used);
        });

        uses.write();

        assertThat(uses.last(used)).contains(later);
    }

    private DataSource connecting(AtomicReference<Runnable> before) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    before.get().run();
                    return method.invoke(database.dataSource(), arguments);
                });
    }

    private Instant lastUse() {
        return store.list().get(0).lastUsedAt();
    }

    @Test
    void nothingInTheTableIsAPartOfTheKey() {
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);
        store.beginLease("another-key-altogether", NOW, NOW.plusSeconds(60));
        asAVersionBefore("the-key-of-a-version-before");
        store.correctOlderVersion(NOW.plusSeconds(60));

        List<String> rows = database.jdbi()
                .withHandle(handle -> handle.createQuery("select api_key::text from api_key")
                        .mapTo(String.class)
                        .list());

        assertThat(rows).hasSize(3).noneMatch(row -> row.contains(KEY.substring(0, 6)));
        assertThat(rows).noneMatch(row -> row.contains("anothe")).noneMatch(row -> row.contains("the-ke"));
        assertThat(idOf(KEY)).isNotEmpty().isNotEqualTo(idOf("another-key-altogether"));
        assertThat(keys.authenticate("the-key-of-a-version-before")).isPresent();
    }

    @Test
    void aLeasedKeyEndsUnlessItIsLeasedAnew() {
        store.beginLease(KEY, NOW, NOW.plus(Duration.ofMinutes(10)));
        assertThat(keys.authenticate(KEY)).get().extracting(Caller::name).isEqualTo("configured service key");

        now.set(NOW.plus(Duration.ofMinutes(9)));
        store.renewLease(KEY, NOW.plus(Duration.ofMinutes(19)));
        now.set(NOW.plus(Duration.ofMinutes(19)).minusSeconds(1));
        assertThat(keys.authenticate(KEY)).isPresent();
        now.set(NOW.plus(Duration.ofMinutes(19)));
        assertThat(keys.authenticate(KEY)).isEmpty();

        store.renewLease(KEY, NOW.plus(Duration.ofMinutes(29)));
        assertThat(keys.authenticate(KEY)).isPresent();
    }

    @Test
    void aReplicaTakesTheKeyItWasStartedWithWhateverTheClockSays() {
        store.beginLease(KEY, NOW, NOW.plus(Duration.ofMinutes(10)));
        keys.leasing(KEY);

        now.set(NOW.plus(Duration.ofHours(10)));

        assertThat(keys.authenticate(KEY)).isPresent();
    }

    @Test
    void aLeasedKeyThatWasRevokedOrWhoseRowWasTakenAwayStaysOut() {
        keys.leasing(KEY);
        store.beginLease(KEY, NOW, NOW.plus(Duration.ofMinutes(10)));
        store.beginLease("another-key-altogether", NOW, NOW.plus(Duration.ofMinutes(10)));
        store.revoke(idOf(KEY), NOW);
        database.jdbi().useHandle(handle -> handle.execute("delete from api_key where revoked_at is null"));

        store.renewLease("another-key-altogether", NOW.plus(Duration.ofMinutes(20)));
        store.renewLease(KEY, NOW.plus(Duration.ofMinutes(20)));
        store.beginLease(KEY, NOW, NOW.plus(Duration.ofMinutes(20)));

        within(Duration.ofSeconds(2), () -> keys.authenticate(KEY).isEmpty());
        assertThat(keys.authenticate("another-key-altogether")).isEmpty();
    }

    @Test
    void aKeyWithANameOfItsOwnDoesNotEndBecauseSomebodyIsStartedWithIt() {
        store.save(KEY, "dashboard", Set.of(Scope.HEALTH_READ), NOW);

        store.beginLease(KEY, NOW, NOW.plus(Duration.ofMinutes(10)));

        now.set(NOW.plus(Duration.ofHours(1)));
        Caller dashboard = keys.authenticate(KEY).orElseThrow();
        assertThat(dashboard.name()).isEqualTo("dashboard");
        assertThat(dashboard.may(Scope.OPERATOR)).isFalse();
    }

    @Test
    void whatAVersionBeforeWasConfiguredWithEndsTenMinutesAfterThisOneBegan() {
        asAVersionBefore(KEY);
        store.beginLease("another-key-altogether", NOW, NOW.plus(Duration.ofMinutes(10)));
        assertThat(keys.authenticate(KEY)).isPresent();

        store.correctOlderVersion(NOW.plus(Duration.ofMinutes(10)));

        ApiKeys elsewhere = new ApiKeys(store, clock());
        assertThat(elsewhere.authenticate(KEY)).isPresent();
        now.set(NOW.plus(Duration.ofMinutes(10)));
        assertThat(elsewhere.authenticate(KEY)).isEmpty();
    }

    @Test
    void aVersionBeforeThatStartsAgainWithdrawsNoLease() {
        store.beginLease(KEY, NOW, NOW.plus(Duration.ofMinutes(10)));

        database.jdbi()
                .useHandle(handle -> handle.execute("delete from api_key where name = 'configured service key'"));
        asAVersionBefore("the-key-of-a-version-before");

        assertThat(keys.authenticate(KEY)).isPresent();
    }

    private String idOf(String key) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select public_id from api_key where key_sha256 = sha256(cast(:key as bytea))")
                        .bind("key", key)
                        .mapTo(String.class)
                        .one());
    }

    /** What it wrote at its start. */
    private void asAVersionBefore(String key) {
        database.jdbi()
                .useHandle(handle -> handle.createUpdate("""
                                insert into api_key (key_sha256, name, prefix, scopes, recorded_at)
                                values (sha256(cast(:key as bytea)), 'configured service key', :prefix, 'health:read', :now)
                                on conflict (key_sha256) do update set name = excluded.name, scopes = excluded.scopes
                                where api_key.name <> excluded.name or api_key.scopes <> excluded.scopes""")
                        .bind("key", key)
                        .bind("prefix", key.substring(0, 6))
                        .bind("now", NOW.atOffset(ZoneOffset.UTC))
                        .execute());
    }

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now.get();
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                throw new UnsupportedOperationException();
            }
        };
    }

    private DataSource switchable() {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new SQLException("away");
                    }
                    return method.invoke(database.dataSource(), arguments);
                });
    }

    private static void within(Duration longest, BooleanSupplier holds) {
        long end = System.nanoTime() + longest.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + longest).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
