package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** One end of the service, looked at byte by byte by callers of all sorts; each case looks at a later moment of it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShutdownInOrderTest {

    private static final String HOST = "Host: localhost";
    private static final Blocking blocking = new Blocking();
    private static final AtomicReference<MetricRegistry> metrics = new AtomicReference<>();
    private static House house;
    private static URI api;
    private static Wire early;
    private static Wire underWay;
    private static Wire silent;
    private static CompletableFuture<Void> ending;

    @BeforeAll
    static void beginTheEnd() throws Exception {
        house = House.openWith(Map.of("DRAIN_TIME", "8s"), environment -> {
            metrics.set(environment.metrics());
            environment.jersey().register(blocking);
        });
        api = house.uri("/");
        early = Wire.to(api);
        early.head("GET", "/health", HOST);
        assertThat(early.nextHead()).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("connection: close");
        underWay = Wire.to(api);
        underWay.head("GET", "/health/live?block=yes", HOST);
        House.await(() -> blocking.inside() == 1);
        ending = CompletableFuture.runAsync(() -> {
            try {
                house.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        House.await(
                () -> metrics.get().getGauges().get("drain.draining").getValue().equals(1));
        silent = Wire.to(api);
    }

    @AfterAll
    static void close() throws Exception {
        blocking.letGo();
        ending.get(20, TimeUnit.SECONDS);
    }

    @Test
    @Order(1)
    void readinessGoesFirstAndRequestsOnNewConnectionsAreAnswered() throws Exception {
        try (Wire probe = Wire.to(api);
                Wire caller = Wire.to(api)) {
            String ready = probe.head("GET", "/health/ready", HOST).untilItIsClosed();
            String answer = caller.head("GET", "/api/v1/unified-health/health/whoop", HOST)
                    .untilItIsClosed();

            assertThat(ready).startsWith("HTTP/1.1 503").contains("\"draining\"");
            assertThat(answer).startsWith("HTTP/1.1 401"); // a whole answer, of a route of ours
        }
    }

    @Test
    @Order(2)
    void aConnectionFromBeforeEndsWithItsNextAnswer() throws Exception {
        assertThat(early.head("GET", "/health", HOST).untilItIsClosed())
                .contains("HTTP/1.1 200")
                .containsIgnoringCase("connection: close");
    }

    @Test
    @Order(3)
    void anErrorEndsItsConnectionToo() throws Exception {
        try (Wire caller = Wire.to(api)) {
            assertThat(caller.head("GET", "/nowhere", HOST).untilItIsClosed())
                    .startsWith("HTTP/1.1 404")
                    .containsIgnoringCase("connection: close");
        }
    }

    @Test
    @Order(4)
    void onceThePortIsClosedARequestOnAnOpenConnectionIsStillAnswered() throws Exception {
        House.await(ShutdownInOrderTest::refusesConnections);

        assertThat(silent.head("GET", "/health", HOST).untilItIsClosed()).startsWith("HTTP/1.1 200");
    }

    @Test
    @Order(5)
    void aRequestThatIsUnderWaySinceBeforeIsNotCut() throws Exception {
        assertThat(ending).isNotDone();
        blocking.letGo();

        assertThat(underWay.untilItIsClosed()).startsWith("HTTP/1.1 200").contains("\"live\"");
        ending.get(20, TimeUnit.SECONDS);
    }

    private static boolean refusesConnections() {
        try (Wire one = Wire.to(api)) {
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
