package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.holisticos.audit.SecurityEvents;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import io.holisticos.web.ServiceKeys;
import java.net.URI;
import java.net.http.HttpRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Another {@code SERVICE_KEY}, replica after replica: nobody who sends either key notices. */
class ServiceKeyTest {

    private static final String NEW_KEY = "another-service-key";
    private static final String ASKED = "/api/v1/unified-health/overview/member";

    @Test
    void aNewKeyIsRolledOutWithoutARefusalAndTheFormerOneEnds() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open()) {
            RunningApp app = house.app();
            try (House.Replica replica = app.replica(Map.of("SERVICE_KEY", NEW_KEY))) {
                for (String key : new String[] {RunningApp.KEY, NEW_KEY}) {
                    assertThat(status(app, app.uri(ASKED), key)).isEqualTo(200);
                    assertThat(status(app, replica.uri(ASKED), key)).isEqualTo(200);
                }

                app.with(Map.of("SERVICE_KEY", NEW_KEY)).restart();
                house.clock().advance(Duration.ofMinutes(9));
                assertThat(status(app, app.uri(ASKED), RunningApp.KEY)).isEqualTo(200);

                house.clock().advance(Duration.ofMinutes(2));
                assertThat(status(app, app.uri(ASKED), RunningApp.KEY)).isEqualTo(401);
                assertThat(status(app, replica.uri(ASKED), RunningApp.KEY)).isEqualTo(401);
                assertThat(status(app, app.uri(ASKED), NEW_KEY)).isEqualTo(200);
                assertThat(status(app, replica.uri(ASKED), NEW_KEY)).isEqualTo(200);
            }

            app.sahhaDatabase
                    .jdbi()
                    .useHandle(handle -> handle.execute(
                            "update api_key set revoked_at = recorded_at where key_sha256 = sha256(cast(? as bytea))",
                            NEW_KEY));
            app.restart();
            assertThat(status(app, app.uri(ASKED), NEW_KEY)).isEqualTo(401);
        }
    }

    @Test
    void aKeyWorksOnEveryReplicaAtOnceAndIsRefusedByAllWithinTwoSecondsOfItsRevocation() throws Exception {
        try (ScriptedHouse house = ScriptedHouse.open();
                House.Replica replica = house.app().replica(Map.of())) {
            RunningApp app = house.app();
            ServiceKeys keys = new ServiceKeys(
                    new ApiKeyStore(app.sahhaDatabase.jdbi()),
                    new SecureRandom(),
                    app.clock,
                    new SecurityEvents(new MetricRegistry()));
            RunningApp.assertKept(Duration.ofSeconds(2), () -> {
                ServiceKeys.Issued issued = keys.create("dashboard", Set.of(Scope.HEALTH_READ), null);
                assertThat(status(app, app.uri(ASKED), issued.secret())).isEqualTo(200);
                assertThat(status(app, replica.uri(ASKED), issued.secret())).isEqualTo(200);

                keys.revoke(issued.key().id());
                long revoked = System.nanoTime();
                RunningApp.await(() -> status(app, app.uri(ASKED), issued.secret()) == 401
                        && status(app, replica.uri(ASKED), issued.secret()) == 401);

                return Duration.ofNanos(System.nanoTime() - revoked);
            });
            app.restart(); // which writes what was noted
            assertThat(keys.list())
                    .filteredOn(key -> key.name().equals("dashboard"))
                    .isNotEmpty()
                    .allSatisfy(key -> assertThat(key.lastUsedAt()).isNotNull());
        }
    }

    private static int status(RunningApp app, URI at, String key) {
        return app.exchange(HttpRequest.newBuilder(at)
                        .timeout(Duration.ofSeconds(20))
                        .header("X-API-Key", key))
                .statusCode();
    }
}
