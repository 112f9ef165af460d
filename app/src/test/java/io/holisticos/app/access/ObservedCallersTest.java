package io.holisticos.app.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.testing.TestDatabase;
import io.holisticos.web.AccessRules.Standing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who calls observed routes, counted in memory and added up in the table. */
class ObservedCallersTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");
    private static final String ROUTE = "/api/v1/health-metrics/overview";

    private final AtomicReference<Instant> now = new AtomicReference<>(NOON);
    private final TestDatabase database = TestDatabase.migratedBy("sahha-db/changelog.yaml");
    private final ObservedCallerStore store = new ObservedCallerStore(database.jdbi());
    private final ObservedCallers callers = new ObservedCallers(store, clock());
    private final ObservedCallers replica = new ObservedCallers(store, clock());

    @ParameterizedTest
    @CsvSource({
        "192.0.2.77,            192.0.2.0/24",
        "255.255.255.255,       255.255.255.0/24",
        "::ffff:192.0.2.77,     192.0.2.0/24",
        "2001:db8:12:3456::1,   2001:db8:12::/48",
        "[2001:db8:12:3456::1], 2001:db8:12::/48",
        "::1,                   0:0:0::/48",
        "none,                  other",
        "face,                  other",
        "localhost,             other"
    })
    void anAddressIsKeptAsItsNetworkOnly(String address, String prefix) {
        assertThat(AddressPrefix.of(address)).isEqualTo(prefix);
    }

    @Test
    void whatSeveralReplicasCountedIsAddedUpByRouteStandingAndNetwork() {
        callers.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.1");
        assertThat(store.read()).as("not by the request").isEmpty();
        now.set(NOON.plusSeconds(10));
        callers.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.2");
        callers.count(ROUTE, Standing.UNKNOWN_CREDENTIAL, "192.0.2.2");
        callers.count(ROUTE, Standing.LET_IN, "192.0.2.3");
        callers.count(ROUTE, Standing.LET_IN, "198.51.100.3");
        callers.save();
        callers.save();
        now.set(NOON.plusSeconds(20));
        replica.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.3");
        replica.save();

        assertThat(store.read())
                .containsExactly(
                        new ObservedCaller(ROUTE, "without_credential", "192.0.2.0/24", 3, NOON, NOON.plusSeconds(20)),
                        new ObservedCaller(ROUTE, "let_in", "all", 2, NOON.plusSeconds(10), NOON.plusSeconds(10)),
                        new ObservedCaller(
                                ROUTE,
                                "unknown_credential",
                                "192.0.2.0/24",
                                1,
                                NOON.plusSeconds(10),
                                NOON.plusSeconds(10)));
    }

    @Test
    void howeverManyNetworksCallFewAreCountedOneByOne() {
        for (int i = 0; i < ObservedCallers.MOST + 500; i++) {
            callers.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "10." + i / 256 + "." + i % 256 + ".1");
            if (i % 100 == 0) {
                callers.save();
            }
        }
        callers.save();

        assertThat(store.read()).hasSize(ObservedCallers.MOST + 1).first().satisfies(others -> {
            assertThat(others.addressPrefix()).isEqualTo("other");
            assertThat(others.requests()).isEqualTo(500);
        });
        now.set(NOON.plus(Duration.ofDays(1)));
        callers.save();
        callers.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.1");
        callers.save();
        assertThat(store.read())
                .as("another day")
                .anyMatch(caller -> caller.addressPrefix().equals("192.0.2.0/24"));
    }

    @Test
    void aDayIsForgottenAfterThirty() {
        callers.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.1");
        callers.save();
        now.set(NOON.plus(Duration.ofDays(30)));
        callers.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.1");
        callers.save();
        assertThat(store.read().get(0).firstAt()).isEqualTo(NOON);

        now.set(NOON.plus(Duration.ofDays(31)));
        callers.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.1");
        callers.save();

        assertThat(store.read().get(0).firstAt()).isEqualTo(NOON.plus(Duration.ofDays(30)));
        assertThat(store.read().get(0).requests()).isEqualTo(2);
    }

    @Test
    void whatCannotBeAddedNowIsAddedLater() {
        TestDatabase late = TestDatabase.empty();
        ObservedCallerStore notYet = new ObservedCallerStore(late.jdbi());
        ObservedCallers waiting = new ObservedCallers(notYet, clock());
        waiting.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.1");
        waiting.save();
        waiting.count(ROUTE, Standing.WITHOUT_CREDENTIAL, "192.0.2.1");

        migrate(late.jdbi());
        waiting.save();

        assertThat(notYet.read())
                .singleElement()
                .satisfies(caller -> assertThat(caller.requests()).isEqualTo(2));
    }

    private static void migrate(Jdbi jdbi) {
        jdbi.useHandle(handle -> handle.execute("""
                create table observed_caller (
                    day date, route text, standing text, address_prefix text, requests bigint,
                    first_at timestamptz, last_at timestamptz,
                    primary key (day, route, standing, address_prefix))"""));
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
}
