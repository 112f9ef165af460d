package io.holisticos.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.testing.TestDatabase;
import io.holisticos.web.ApiKeyRow.State;
import io.holisticos.web.ServiceKeys.Issued;
import io.holisticos.web.ServiceKeys.Rotated;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators do with keys. */
class ServiceKeysTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final Set<String> READS = Set.of(Scope.HEALTH_READ);

    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final ApiKeyStore store = new ApiKeyStore(database.jdbi());

    @Test
    void aKeyIsRandomRecognizableAndHeldOnlyAsItsHash() {
        Set<String> secrets = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Issued issued = at(NOW).create("dashboard " + i, READS, null);
            secrets.add(issued.secret());
            assertThat(issued.secret())
                    .matches("uhk_[A-Za-z0-9_-]{43}")
                    .doesNotContain(issued.key().id());
            assertThat(issued.toString()).doesNotContain(issued.secret());
        }

        assertThat(secrets).hasSize(20);
        List<String> rows = database.jdbi()
                .withHandle(handle -> handle.createQuery("select api_key::text from api_key")
                        .mapTo(String.class)
                        .list());
        assertThat(secrets)
                .allSatisfy(secret -> assertThat(rows).noneMatch(row -> row.contains(secret.substring(4, 12))));
    }

    @Test
    void aKeyDoesWhatItsScopesSayUntilItExpires() {
        Issued issued = at(NOW).create("dashboard", Set.of(Scope.HEALTH_READ, Scope.METRICS), NOW.plus(DAY));

        assertThat(caller(issued, NOW))
                .isEqualTo(Caller.ofKey(issued.key().id(), "dashboard", Set.of(Scope.HEALTH_READ, Scope.METRICS)));
        assertThat(isGood(issued, NOW.plus(DAY))).isFalse();
        assertThat(at(NOW).list()).singleElement().satisfies(row -> {
            assertThat(row.state(NOW)).isEqualTo(State.ACTIVE);
            assertThat(row.state(NOW.plus(DAY))).isEqualTo(State.EXPIRED);
        });
    }

    @Test
    void aNameIsThatOfOneActiveKey() {
        at(NOW).create("dashboard", READS, NOW.plus(DAY));

        assertThatThrownBy(() -> at(NOW).create("dashboard", READS, null))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("rotate");
        assertThat(at(NOW.plus(DAY)).create("dashboard", READS, null).key().name())
                .isEqualTo("dashboard");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " x", "a\"b", "a\nb", "(member)", "configured service key", "leased service key"})
    void namesThatCouldBeTakenForSomethingElseAreRefused(String name) {
        assertThatThrownBy(() -> at(NOW).create(name, READS, null)).isInstanceOf(InvalidRequest.class);
    }

    @Test
    void whatNoKeyCanHaveIsRefused() {
        assertThatThrownBy(() -> at(NOW).create("a", Set.of("health:write"), null))
                .hasMessageContaining("[health:write]")
                .hasMessageContaining("preferences:write");
        assertThatThrownBy(() -> at(NOW).create("a", Set.of(), null)).hasMessageContaining("needs scopes");
        assertThatThrownBy(() -> at(NOW).create("a", READS, NOW)).hasMessageContaining("expired already");
        assertThatThrownBy(() -> at(NOW).revoke("none")).hasMessageContaining("apikey list");
        assertThatThrownBy(() -> at(NOW).rotate("none", null, DAY)).hasMessageContaining("apikey list");
        assertThat(at(NOW).list()).isEmpty();
    }

    @Test
    void whileTheyOverlapBothKeysWorkAndThenOnlyTheNewOne() {
        Issued former = at(NOW).create("dashboard", READS, NOW.plus(Duration.ofDays(90)));

        Instant later = NOW.plus(Duration.ofDays(80));
        Rotated rotated = at(later).rotate(former.key().id(), null, DAY);

        Issued issued = rotated.issued();
        assertThat(issued.key().id()).isNotEqualTo(former.key().id());
        assertThat(caller(issued, later))
                .returns(caller(former, later).name(), Caller::name)
                .returns(caller(former, later).scopes(), Caller::scopes)
                .as("limits tell the two apart")
                .isNotEqualTo(caller(former, later));
        assertThat(rotated.former().expiresAt()).isEqualTo(later.plus(DAY));
        assertThat(isGood(former, later.plus(DAY))).isFalse();
        assertThat(isGood(issued, later.plus(DAY))).isTrue();
        assertThat(issued.key().expiresAt()).as("as long a life").isEqualTo(later.plus(Duration.ofDays(90)));
    }

    @Test
    void anOverlapMakesNoKeyLiveLonger() {
        Issued former = at(NOW).create("dashboard", READS, NOW.plus(DAY));

        Rotated rotated = at(NOW).rotate(former.key().id(), NOW.plus(Duration.ofDays(5)), Duration.ofDays(2));

        assertThat(rotated.former().expiresAt()).isEqualTo(NOW.plus(DAY));
        assertThat(rotated.issued().key().expiresAt()).isEqualTo(NOW.plus(Duration.ofDays(5)));
        assertThatThrownBy(() -> at(NOW).rotate(former.key().id(), null, Duration.ofDays(91)))
                .hasMessageContaining("0 to 90 days");
        assertThatThrownBy(() -> at(NOW.plus(DAY)).rotate(former.key().id(), null, DAY))
                .hasMessageContaining("is expired");
    }

    @Test
    void aRevokedKeyIsOverAndStaysSo() {
        Issued issued = at(NOW).create("dashboard", READS, null);
        String id = issued.key().id();

        assertThat(at(NOW).revoke(id).revokedAt()).isEqualTo(NOW);
        assertThat(at(NOW.plus(DAY)).revoke(id).revokedAt())
                .as("the first time")
                .isEqualTo(NOW);

        assertThat(isGood(issued, NOW)).isFalse();
        assertThatThrownBy(() -> at(NOW).rotate(id, null, DAY)).hasMessageContaining("is revoked");
    }

    @Test
    void theConfiguredKeyIsListedAndIsRotatedInTheConfiguration() {
        store.beginLease("key-of-the-configuration", NOW, NOW.plus(Duration.ofMinutes(10)));

        ApiKeyRow configured = at(NOW).list().get(0);

        assertThat(configured.name()).isEqualTo("configured service key");
        assertThat(configured.scopes()).isEqualTo(Scope.ALL);
        assertThatThrownBy(() -> at(NOW).rotate(configured.id(), null, DAY)).hasMessageContaining("SERVICE_KEY");
        assertThat(at(NOW).revoke(configured.id()).state(NOW)).isEqualTo(State.REVOKED);
    }

    private ServiceKeys at(Instant now) {
        return new ServiceKeys(
                store, new SecureRandom(), Clock.fixed(now, ZoneOffset.UTC), new SecurityEvents(new MetricRegistry()));
    }

    private Caller caller(Issued issued, Instant now) {
        return keys(now).authenticate(issued.secret()).orElseThrow();
    }

    private boolean isGood(Issued issued, Instant now) {
        return keys(now).authenticate(issued.secret()).isPresent();
    }

    private ApiKeys keys(Instant now) {
        return new ApiKeys(store, Clock.fixed(now, ZoneOffset.UTC));
    }
}
