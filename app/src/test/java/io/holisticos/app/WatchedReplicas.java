package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.Recording.Target;
import io.holisticos.app.Traffic.Tally;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.whoop.Knobs.Limits;
import io.holisticos.twins.whoop.WhoopTwin;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** Two replicas behind a proxy with callers and webhooks, on hosts and a database whose time is stretched; Prometheus looks at both. */
final class WatchedReplicas implements AutoCloseable {

    /** More than {@code ConsentsLost} calls many, and as many as {@code WebhookSilence} wants. */
    static final int MEMBERS = 14;

    /** Ten times what WHOOP grants: first syncs of all members within an hour would use up the day. */
    private static final int QUOTA_OF_DAY = 100_000;

    /** PostgreSQL's own files take some 120 MB. */
    private static final int DISK_MEGABYTES = 600;

    /** The defaults of breakers, and the shortest that there may be. */
    private static final Duration BREAKER_WINDOW = Duration.ofSeconds(10);

    private static final Duration BREAKER_SLEEP = Duration.ofSeconds(5);
    private static final Duration SHORTEST_WINDOW = Duration.ofSeconds(1);
    private static final Duration SHORTEST_SLEEP = Duration.ofMillis(10);

    TwoReplicas replicas;
    SmallDisk disk;
    Traffic traffic;
    private final HostClock clock;
    private final Path wrongClock;
    private final List<AutoCloseable> opened = new ArrayList<>();

    private WatchedReplicas(HostClock clock, Path wrongClock) {
        this.clock = clock;
        this.wrongClock = wrongClock;
    }

    /** @param speed how much faster time passes than in reality */
    static WatchedReplicas open(int speed, Duration betweenReads, Path folder) throws Exception {
        assertThat(SmallDisk.canBeMounted())
                .as("run as root, to mount a small disk")
                .isTrue();
        assertThat(ReverseProxy.isInstalled())
                .as("HAProxy is installed (apt-get install haproxy)")
                .isTrue();
        WatchedReplicas house = new WatchedReplicas(HostClock.stretched(speed), folder.resolve("wrong-clock-" + speed));
        try {
            house.start(speed, betweenReads, folder.resolve("right-clock-" + speed));
            return house;
        } catch (Exception | AssertionError e) {
            house.close();
            throw e;
        }
    }

    private void start(int speed, Duration betweenReads, Path rightClock) throws Exception {
        disk = opened(SmallDisk.ofMegabytes(DISK_MEGABYTES));
        replicas = opened(TwoReplicas.preparedFor(
                MEMBERS, Files.createDirectory(disk.folder().resolve("postgres"))));
        for (String database : List.of("sahha", "whoop")) {
            clock.stretch(Jdbi.create(replicas.postgres.dataSource(database)), database);
        }
        for (int i = 0; i < replicas.services.size(); i++) {
            Service replica =
                    replicas.services.get(i).as(HostClock.Host.class, clock.option(i == 1 ? wrongClock : rightClock));
            for (String way :
                    List.of("whoop.api", "whoop.oauth", "sahha.outbound")) { // as few calls as there are really
                replica.withSetting(way + ".command.breakerWindow", millis(SHORTEST_WINDOW, BREAKER_WINDOW));
                replica.withSetting(way + ".command.breakerSleep", millis(SHORTEST_SLEEP, BREAKER_SLEEP));
            }
        }
        replicas.services.forEach(replica -> replica.withSetting("whoop.quota.perDay", Integer.toString(QUOTA_OF_DAY)));
        ReverseProxy proxy = opened(ReverseProxy.before(replicas.services));
        replicas.start(proxy.url(), Map.of(), TwinClock.startingAt(clock.instant(), speed));
        Limits limits = whoop().knobs().limits();
        whoop().turn(whoop().knobs()
                .with(new Limits(limits.perMinute(), QUOTA_OF_DAY, limits.retryAfter(), limits.tokenCallsCount())));
        traffic = opened(new Traffic(proxy.url(), "sandbox-client-secret", replicas.told(), betweenReads, clock));
        traffic.start();
    }

    private String millis(Duration shortest, Duration time) {
        return Math.max(shortest.toMillis(), clock.real(time).toMillis()) + "ms";
    }

    WhoopTwin whoop() {
        return replicas.whoop();
    }

    /** From here on callers are counted anew. */
    Tally begin() {
        return traffic.begin();
    }

    /** Puts the clock of the second replica's host wrong. */
    void putSecondClock(Duration ahead) {
        HostClock.put(wrongClock, ahead);
    }

    /** Scrapes all targets at the recording's interval for so long. */
    void record(Recording into, Duration time) throws Exception {
        long scrapes = time.dividedBy(into.interval());
        long next = System.nanoTime();
        for (int i = 0; i < scrapes; i++) {
            next += clock.real(into.interval()).toNanos();
            LockSupport.parkNanos(next - System.nanoTime());
            List<Target> targets = new ArrayList<>();
            for (int each = 0; each < replicas.services.size(); each++) {
                targets.add(new Target("replica-" + (each + 1), "unified-health", page(replicas.services.get(each))));
            }
            targets.add(new Target("database-host", "node", new ScrapedPage(disk.asNodeExporterSays())));
            into.add(targets);
        }
    }

    private static @Nullable ScrapedPage page(Service replica) {
        try {
            var answer = replica.admin("/prometheus");
            return answer.statusCode() == 200 ? new ScrapedPage(answer.body()) : null;
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    /** All is as before any fault. */
    void awaitCalm() {
        Service.await("calm", () -> replicas.services.stream().allMatch(WatchedReplicas::isCalm));
    }

    private static boolean isCalm(Service replica) {
        ScrapedPage page = page(replica);
        return page != null
                && page.sum("service_ready") == 1
                && page.sum("service_degraded") == 0
                && page.sum("database_up") == 2
                && page.sum("command_circuit_open") == 0
                && page.sum("whoop_quota_blocked") == 0;
    }

    private <T extends AutoCloseable> T opened(T one) {
        opened.add(one);
        return one;
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
