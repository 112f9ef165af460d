package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.notice.ChangeNotices;
import io.holisticos.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
    private final ApiKeys keys = new ApiKeys(store);

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

        new ApiKeyStore(database.jdbi()).withdrawOthers("", "dashboard", NOW);

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
        store.withdrawOthers(KEY, "dashboard", NOW);

        int notices = database.jdbi()
                .withHandle(handle -> handle.createQuery("select count(*) from change_notice")
                        .mapTo(Integer.class)
                        .one());
        assertThat(notices).isEqualTo(1);
    }

    private static void within(Duration longest, BooleanSupplier holds) {
        long end = System.nanoTime() + longest.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as("within " + longest).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }
}
