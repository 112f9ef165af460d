package io.holisticos.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.TestDatabase;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VaultTest {

    private static final UserId ANNA = new UserId("demo-anna");
    private static final UserId BEN = new UserId("demo-ben");
    private static final String PURPOSE = "whoop.refresh_token";
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

    static final List<String> TABLES = List.of(
            "create table member_key (user_id varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)",
            "create table member_key_destroyed (user_id varchar(100) primary key, recorded_at timestamptz not null)",
            "create table vault_canary (wrapped_by varchar(100) primary key, sealed bytea not null,"
                    + " recorded_at timestamptz not null)",
            "create table vault_key (name varchar(100) primary key, wrapped_by varchar(100) not null,"
                    + " wrapped_key bytea not null, recorded_at timestamptz not null)",
            "create table change_notice (sequence bigint generated always as identity primary key,"
                    + " topic varchar(50) not null, key varchar(200) not null, recorded_at timestamptz not null)");

    private final TestDatabase database = TestDatabase.empty();
    private final Jdbi jdbi = database.jdbi();

    @BeforeEach
    void createTables() {
        jdbi.useHandle(handle -> TABLES.forEach(handle::execute));
    }

    @Test
    void whatIsSealedOpensAgainInAnotherProcess() {
        byte[] sealed = vault(1).seal(ANNA, PURPOSE, "a token");

        assertThat(vault(1).openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("a token");
    }

    @Test
    void whatIsAtHandIsSealedAndOpenedWithoutTheDatabase() {
        vault(1).seal(ANNA, PURPOSE, "so that there is a key");
        Vault vault = vault(1);
        byte[] answer = "an answer".getBytes(StandardCharsets.UTF_8);
        assertThat(vault.hasAtHand(ANNA)).isFalse();
        assertThat(vault.sealAtHand(ANNA, "cache.answer", answer)).isEmpty();

        vault.takeToHand(List.of(ANNA, BEN));
        run("delete from member_key");
        byte[] sealed = vault.sealAtHand(ANNA, "cache.answer", answer).orElseThrow();

        assertThat(vault.openAtHand(ANNA, "cache.answer", sealed)).hasValue(answer);
        assertThat(vault.openAtHand(ANNA, PURPOSE, sealed)).isEmpty();
        assertThat(vault.openAtHand(BEN, "cache.answer", sealed)).isEmpty();
        assertThat(vault.hasAtHand(BEN)).as("none is made").isFalse();
        assertThat(vault.trouble())
                .as("anybody can write to where they come from")
                .isEmpty();
        vault.shred(ANNA);
        assertThat(vault.openAtHand(ANNA, "cache.answer", sealed)).isEmpty();
    }

    @Test
    void refusesAnotherMemberAnotherPurposeAndEveryAlteredByte() {
        Vault vault = vault(1);
        byte[] sealed = vault.seal(ANNA, PURPOSE, "a token");
        vault.seal(BEN, PURPOSE, "another");

        assertThatThrownBy(() -> vault.open(BEN, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        assertThatThrownBy(() -> vault.open(ANNA, "whoop.email", sealed)).isInstanceOf(Vault.Unreadable.class);
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, altered)).isInstanceOf(Vault.Unreadable.class);
        }
    }

    @Test
    void aMembersKeyThatIsCopiedToAnotherMembersRowDoesNotOpenThere() {
        byte[] sealed = vault(1).seal(ANNA, PURPOSE, "a token");
        run("insert into member_key select 'demo-ben', wrapped_by, wrapped_key, recorded_at from member_key");

        assertThatThrownBy(() -> vault(1).open(BEN, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        assertThatThrownBy(() -> vault(1).seal(BEN, PURPOSE, "another")).isInstanceOf(SourceUnavailable.class);
        assertThat(vault(1).openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");
    }

    @Test
    void whatIsSealedForOneMemberOpensForNoOtherThoughBothHadTheSameKey() {
        Vault vault = vault(Map.of("k1", key(1)), jdbi, new SameBytes());
        byte[] sealed = vault.seal(ANNA, PURPOSE, "a token");
        vault.seal(BEN, PURPOSE, "another");

        assertThatThrownBy(() -> vault.open(BEN, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        assertThat(vault.openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");
    }

    /** Makes every member's key the same. */
    private static final class SameBytes extends SecureRandom {
        @Override
        public void nextBytes(byte[] bytes) {
            Arrays.fill(bytes, (byte) 7);
        }
    }

    @Test
    void aKeyOfTheDatabasesOwnThatIsCopiedToAnotherNameDoesNotOpenThere() {
        byte[] unused = vault(1).fingerprint("test", new byte[] {1});
        run("insert into vault_key select 'another', wrapped_by, wrapped_key, recorded_at from vault_key");

        assertThatThrownBy(() -> vault(1).fingerprint("another", new byte[] {1}))
                .isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void aCanaryThatIsCopiedToAnotherKeysRowDoesNotOpenThere() {
        vault(1).prove();
        run("insert into vault_canary select 'k2', sealed, recorded_at from vault_canary");

        Vault sameKeyTwice = vault(Map.of("k1", key(1), "k2", key(1)), jdbi);

        assertThatThrownBy(sameKeyTwice::prove)
                .isInstanceOf(Vault.WrongKey.class)
                .hasMessageContaining("vault.keys.k2 (VAULT_KEY) is not the key");
    }

    @Test
    void whatIsNobodysYetOpensAsLongAsItsKeyIsThereAndAsNothingElse() {
        Vault vault = vault(1);
        byte[] sealed = vault.sealForNobody(PURPOSE, "an event".getBytes(StandardCharsets.UTF_8));

        assertThat(vault(1).openForNobody(PURPOSE, sealed))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("an event");
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("an event");
        assertThatThrownBy(() -> vault.openForNobody("whoop.email", sealed)).isInstanceOf(Vault.Unreadable.class);
        assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, sealed)).isInstanceOf(Vault.Unreadable.class);
        for (int i = 0; i < sealed.length; i++) {
            byte[] altered = sealed.clone();
            altered[i] ^= 1;
            assertThatThrownBy(() -> vault.openForNobody(PURPOSE, altered)).isInstanceOf(Vault.Unreadable.class);
        }
    }

    @Test
    void aDestroyedKeyOpensNothingEverAgain() {
        Vault vault = vault(1);
        byte[] sealed = vault.seal(ANNA, PURPOSE, "a token");

        vault.shred(ANNA);

        assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, sealed)).isInstanceOf(Vault.Destroyed.class);
        vault.seal(ANNA, PURPOSE, "a new life");
        assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, sealed))
                .isInstanceOf(Vault.Unreadable.class)
                .isNotInstanceOf(Vault.Destroyed.class);
    }

    @Test
    void onlyARowSaysThatAKeyWasDestroyed() {
        byte[] sealed = vault(1).seal(ANNA, PURPOSE, "a token");
        run("delete from member_key");

        assertThatThrownBy(() -> vault(1).open(ANNA, PURPOSE, sealed))
                .isInstanceOf(Vault.Unreadable.class)
                .isNotInstanceOf(Vault.Destroyed.class);
    }

    @Test
    void aKeyThatIsDestroyedAtOneReplicaIsForgottenByAll() throws Exception {
        ChangeNotices notices = new ChangeNotices("test", database.dataSource(), CLOCK);
        Vault here = vault(1);
        here.listenTo(notices);
        byte[] sealed = here.seal(ANNA, PURPOSE, "a token");
        notices.start();
        try {
            within(Duration.ofSeconds(20), notices::areListenedTo);
            assertThat(here.openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");

            vault(1).shred(ANNA);

            within(Duration.ofSeconds(2), () -> !opens(here, sealed));
        } finally {
            notices.stop();
        }
    }

    @Test
    void aKeyThatDoesNotOpenTheCanaryIsAnotherKey() {
        vault(1).prove();

        Vault another = vault(Map.of("k1", key(2)), jdbi);

        assertThatThrownBy(another::prove)
                .isInstanceOf(Vault.WrongKey.class)
                .hasMessageContaining("vault.keys.k1 (VAULT_KEY) is not the key")
                .hasMessageContaining("Start with the former key");
        assertThatThrownBy(() -> another.seal(ANNA, PURPOSE, "a token")).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> another.sealForNobody(PURPOSE, new byte[0])).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> another.open(ANNA, PURPOSE, new byte[0])).isInstanceOf(SourceUnavailable.class);
        assertThat(another.trouble().orElseThrow()).contains("is not the key");
        assertThat(count("member_key")).isZero();
    }

    @Test
    void beforeThereIsACanaryTheKeyIsProvenOnMembersKeys() {
        vault(1).seal(ANNA, PURPOSE, "a token");
        vault(1).seal(BEN, PURPOSE, "another");
        run("delete from vault_canary"); // as the version before left it

        assertThatThrownBy(vault(Map.of("k1", key(2)), jdbi)::prove)
                .isInstanceOf(Vault.WrongKey.class)
                .hasMessageContaining("2 of 2 keys of members do not open");
        assertThat(count("vault_canary")).isZero();
        vault(1).prove();
        assertThat(count("vault_canary")).isEqualTo(1);
    }

    @Test
    void theKeyOfTheMostIsTheRightOneWhereAWrongOneHadWrappedSome() {
        vault(1).seal(ANNA, PURPOSE, "a token");
        vault(1).seal(BEN, PURPOSE, "another");
        run("insert into member_key select 'demo-eve', wrapped_by, 'wrapped by another key', recorded_at"
                + " from member_key limit 1");
        run("delete from vault_canary");

        vault(1).prove();

        assertThat(count("vault_canary")).isEqualTo(1);
        assertThatThrownBy(() -> vault(1).seal(new UserId("demo-eve"), PURPOSE, "a token"))
                .isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void ofTwoProcessesThatBeginWithDifferentKeysOneIsRefused() {
        vault(1).prove();

        assertThatThrownBy(vault(Map.of("k1", key(2)), jdbi)::prove).isInstanceOf(Vault.WrongKey.class);
    }

    @Test
    void aNewKeyGoesBesideTheFormerOne() {
        byte[] sealed = vault(1).seal(ANNA, PURPOSE, "a token");

        Vault rotated = vault(Map.of("k1", key(1), "k2", key(2)), jdbi);

        assertThat(rotated.openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");
        assertThat(count("vault_canary")).isEqualTo(2);
    }

    @Test
    void namesTheWrappingKeyThatConfigurationLacks() {
        vault(1).seal(ANNA, PURPOSE, "a token");

        assertThatThrownBy(vault(2)::prove)
                .isInstanceOf(Vault.WrongKey.class)
                .hasMessageContaining("vault.keys lacks k1, which wraps the keys of 1 members");
    }

    @Test
    void aFingerprintIsTheSameInEveryProcessAndOfNoUseWithoutTheKeys() throws Exception {
        byte[] text = "{\"email\":\"olga@example.invalid\"}".getBytes(StandardCharsets.UTF_8);

        byte[] fingerprint = vault(1).fingerprint("test", text);

        assertThat(vault(1).fingerprint("test", text)).isEqualTo(fingerprint).hasSize(32);
        assertThat(vault(1).fingerprint("another", text)).isNotEqualTo(fingerprint);
        assertThat(MessageDigest.getInstance("SHA-256").digest(text)).isNotEqualTo(fingerprint);
        assertThat(count("vault_key")).isEqualTo(2);
    }

    @Test
    void keysMadeInATransactionThatIsRolledBackAreMadeAnewByWhoeverComesNext() {
        Vault vault = vault(1);
        byte[] text = {1};

        jdbi.useTransaction(handle -> {
            byte[] first = vault.fingerprint("test", text);
            assertThat(vault.fingerprint("test", text))
                    .as("all in it is named alike")
                    .isEqualTo(first);
            String sealed = vault.openText(ANNA, PURPOSE, vault.seal(ANNA, PURPOSE, "a token"));
            assertThat(sealed).isEqualTo("a token");
            handle.execute("savepoint half");
            assertThat(vault.openText(BEN, PURPOSE, vault.seal(BEN, PURPOSE, "another")))
                    .isEqualTo("another");
            handle.execute("rollback to half");
            handle.rollback();
        });

        assertThat(List.of(count("vault_key"), count("member_key"), count("vault_canary")))
                .containsOnly(0);
        assertThat(vault(1).fingerprint("test", text)).isEqualTo(vault.fingerprint("test", text));
        for (UserId who : List.of(ANNA, BEN)) {
            assertThat(vault(1).openText(who, PURPOSE, vault.seal(who, PURPOSE, "a token")))
                    .isEqualTo("a token");
        }
        assertThat(count("vault_canary")).isOne();
    }

    @Test
    void keysThatWereThereBeforeATransactionAreLookedUpInItOnce() {
        vault(1).fingerprint("test", new byte[] {1});
        vault(1).seal(ANNA, PURPOSE, "a token");
        Vault vault = vault(1);

        jdbi.useTransaction(handle -> {
            vault.prove();
            handle.execute("insert into member_key_destroyed values ('somebody', '2026-11-22T10:00:00Z')");
            byte[] fingerprint = vault.fingerprint("test", new byte[] {1});
            byte[] sealed = vault.seal(ANNA, PURPOSE, "a token");
            handle.execute("delete from vault_key");
            handle.execute("delete from member_key");

            assertThat(vault.fingerprint("test", new byte[] {1})).isEqualTo(fingerprint);
            assertThat(vault.openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");
            handle.rollback();
        });
    }

    @Test
    void theKeyOfFingerprintsSurvivesANewWrappingKeyAndIsNeverReplaced() {
        byte[] fingerprint = vault(1).fingerprint("test", new byte[] {1});

        assertThat(vault(Map.of("k1", key(1), "k2", key(2)), jdbi).fingerprint("test", new byte[] {1}))
                .isEqualTo(fingerprint);
        assertThatThrownBy(vault(2)::prove)
                .isInstanceOf(Vault.WrongKey.class)
                .hasMessageContaining("vault.keys lacks k1, which wraps key test of table vault_key");
        run("update vault_key set wrapped_key = 'altered'");
        assertThatThrownBy(() -> vault(1).fingerprint("test", new byte[] {1})).isInstanceOf(SourceUnavailable.class);
        assertThat(count("vault_key")).isEqualTo(1);
    }

    @Test
    void whileTheDatabaseIsAwayNothingIsDecided() {
        AtomicBoolean away = new AtomicBoolean(true);
        Vault vault = vault(Map.of("k1", key(1)), Jdbi.create(switchable(database.dataSource(), away)));

        assertThatThrownBy(vault::prove).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> vault.seal(ANNA, PURPOSE, "a token")).isInstanceOf(SourceUnavailable.class);
        assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, new byte[0])).isInstanceOf(SourceUnavailable.class);
        assertThat(vault.trouble()).isPresent();
        away.set(false);

        byte[] sealed = vault.seal(ANNA, PURPOSE, "a token");
        assertThat(vault.openText(ANNA, PURPOSE, sealed)).isEqualTo("a token");
        assertThat(vault.trouble()).isEmpty();
    }

    @Test
    void aValueThatDoesNotOpenIsShownForAWhile() {
        Vault vault = vault(1);
        vault.seal(ANNA, PURPOSE, "a token");

        assertThatThrownBy(() -> vault.open(ANNA, PURPOSE, new byte[40])).isInstanceOf(Vault.Unreadable.class);

        assertThat(vault.trouble().orElseThrow()).contains("a sealed value did not open");
    }

    private static boolean opens(Vault vault, byte[] sealed) {
        try {
            byte[] unused = vault.open(ANNA, PURPOSE, sealed);
            return true;
        } catch (Vault.Unreadable e) {
            return false;
        }
    }

    @Test
    void whileOneLookAtTheDatabaseHangsTheOthersDoNotQueueBehindIt() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answers = new CountDownLatch(1);
        Vault vault = vault(Map.of("k1", key(1)), Jdbi.create(() -> {
            asked.countDown();
            await(answers);
            return database.dataSource().getConnection();
        }));
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            Future<byte[]> first = threads.submit(() -> vault.seal(ANNA, PURPOSE, "a token"));
            await(asked);

            List<Future<byte[]>> others = Stream.generate(
                            () -> threads.submit(() -> vault.seal(BEN, PURPOSE, "another")))
                    .limit(4)
                    .toList();
            for (Future<byte[]> other : others) {
                assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS)).hasCauseInstanceOf(SourceUnavailable.class);
            }
            assertThat(first).isNotDone();

            answers.countDown();
            assertThat(vault.openText(ANNA, PURPOSE, first.get(20, TimeUnit.SECONDS)))
                    .isEqualTo("a token");
        } finally {
            answers.countDown();
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Vault vault(int number) {
        return vault(Map.of("k" + number, key(number)), jdbi);
    }

    private static Vault vault(Map<String, String> keys, Jdbi jdbi) {
        return vault(keys, jdbi, new SecureRandom());
    }

    private static Vault vault(Map<String, String> keys, Jdbi jdbi, SecureRandom random) {
        VaultConfiguration configuration = new VaultConfiguration();
        configuration.keys = keys;
        configuration.currentKey =
                keys.keySet().stream().sorted().reduce((one, other) -> other).orElseThrow();
        return new Vault(jdbi, configuration, random, CLOCK);
    }

    private static String key(int number) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) number;
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void run(String sql) {
        jdbi.useHandle(handle -> handle.execute(sql));
    }

    private int count(String table) {
        return jdbi.withHandle(handle -> handle.createQuery("select count(*) from " + table)
                .mapTo(Integer.class)
                .one());
    }

    private static DataSource switchable(DataSource real, AtomicBoolean away) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (away.get()) {
                        throw new SQLException("away");
                    }
                    return method.invoke(real, arguments);
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
