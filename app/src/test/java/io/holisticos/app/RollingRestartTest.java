package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.Traffic.Tally;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two replicas are restarted one after the other, each a fresh JVM, while callers who do not wait for each other come through
 * HAProxy and through nginx, with the files of {@code deploy/}. None of them asks twice.
 */
@Tag("deep")
@Tag("alone")
class RollingRestartTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration MOMENT = Duration.ofSeconds(2);

    /** Of each proxy's callers: with those of both, as much as the tests of faults have. */
    private static final Duration BETWEEN_READS = Duration.ofMillis(80);

    /** HAProxy asks every second. */
    private static final Duration NOTICED = Duration.ofSeconds(3);

    private static final List<AutoCloseable> OPENED = new ArrayList<>();
    private static final Map<String, Traffic> TRAFFIC = new LinkedHashMap<>();
    private static TwoReplicas replicas;

    @BeforeAll
    static void open() throws Exception {
        assertThat(ReverseProxy.isInstalled())
                .as("HAProxy is installed (apt-get install haproxy)")
                .isTrue();
        assertThat(ReverseProxy.isNginxInstalled())
                .as("nginx is installed (apt-get install nginx-light)")
                .isTrue();
        replicas = opened(TwoReplicas.prepared());
        ReverseProxy haproxy = opened(ReverseProxy.before(replicas.services));
        ReverseProxy nginx = opened(ReverseProxy.nginxBefore(replicas.services));
        replicas.start(haproxy.url(), Map.of("DRAIN_TIME", "5s", "WARM_UP", "10s", "TRUSTED_PROXIES", "127.0.0.1"));
        for (ReverseProxy proxy : List.of(haproxy, nginx)) {
            TRAFFIC.put(
                    proxy == haproxy ? "HAProxy" : "nginx",
                    opened(new Traffic(proxy.url(), "sandbox-client-secret", replicas.told(), BETWEEN_READS)));
        }
        LockSupport.parkNanos(NOTICED.toNanos());
    }

    @AfterAll
    static void close() throws Exception {
        for (int i = OPENED.size() - 1; i >= 0; i--) {
            OPENED.get(i).close();
        }
    }

    @Test
    void noRequestFailsAndNoWebhookIsLost() {
        TRAFFIC.values().forEach(Traffic::start);
        LockSupport.parkNanos(MOMENT.toNanos());
        Map<String, Tally> tallies = new LinkedHashMap<>();
        TRAFFIC.forEach((proxy, traffic) -> tallies.put(proxy, traffic.begin()));

        for (Service replica : replicas.services) {
            replica.process().terminate();
            assertThat(replica.process().exitStatus(PATIENCE)).isEqualTo(143);
            replica.start();
            awaitReady(replica);
            LockSupport.parkNanos(NOTICED.toNanos());
        }
        LockSupport.parkNanos(MOMENT.toNanos());

        Set<String> lost = new TreeSet<>();
        TRAFFIC.values().forEach(traffic -> lost.addAll(traffic.acknowledged()));
        lost.removeAll(replicas.heldWebhooks());
        tallies.forEach((proxy, tally) -> System.out.printf(
                "rolling restart behind %s: %d reads, %d failed, slowest %d ms; %d webhooks, %d sent again%n",
                proxy,
                tally.reads.get(),
                tally.failedReads.get(),
                tally.slowestMillis.get(),
                tally.webhooks.get(),
                tally.sentAgain.get()));
        assertThat(tallies).allSatisfy((proxy, tally) -> {
            assertThat(tally.reads.get()).isGreaterThan(200);
            assertThat(tally.failures).isEmpty();
            assertThat(tally.sentAgain.get()).as("webhooks sent again").isZero();
        });
        assertThat(lost).as("acknowledged, and not in the database").isEmpty();
    }

    private static void awaitReady(Service replica) {
        Service.await("ready", () -> replica.get("/health/ready").statusCode() == 200);
    }

    private static <T extends AutoCloseable> T opened(T one) {
        OPENED.add(one);
        return one;
    }
}
