package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.Recording.Fired;
import io.holisticos.app.Traffic.Tally;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults are put into two replicas, Prometheus's rules are asked what they make of it, and callers what they saw. Run by hand: {@code
 * mvn -Pbench -pl app -am test -Dtest=FaultAlertsBench}; with {@code -Dgolden.rewrite=true} it writes {@code docs/faults.md}.
 */
@Tag("bench")
@Timeout(value = 40, unit = java.util.concurrent.TimeUnit.MINUTES)
class FaultAlertsBench {

    private static final Path PAGE = Path.of("..", "docs", "faults.md");

    /** Ten minutes in forty seconds: breakers, time limits and the proxy live in real time. */
    private static final int FAST = 15;

    /** Hours in minutes. */
    private static final int FASTER = 200;

    private static final Duration CALM = Duration.ofMinutes(4);
    private static final Duration SCRAPED_EVERY = Duration.ofSeconds(15);

    /** Written by people, about the runs so far. */
    private static final String FOUND = """

            ## What was found so far

            Mended:
            - `WhoopOutage` never fired: it watched breakers, which open at 20 calls of a kind within 10 s in one replica, more than the quota allows. It counts failed calls now, and so does
              `SahhaOutage`.
            - `ConsentsLost` counted refused calls for tokens, so a wrong client secret woke somebody. It counts connections that ended now.
            - `JobsStuck` woke somebody 17 minutes after the quota was blocked, when jobs have to wait. It is silent while `QuotaBlocked` is about to tell.

            Known:
            - While both replicas are not ready the proxy answers 503 itself, and no metric of ours counts it: `AvailabilityBudgetBurns` and `WebhooksNotStored` are silent, `DatabaseDown` and
              `ReplicaNotReady` are not.
            - `QuotaBudgetBurns` fires when many members connect within an hour: the rate of that hour would not last the day. It did with 14 members and WHOOP's usual quota.
            - On a full disk what was stored can be read and, while pages have room, some webhooks are still stored; `DatabaseDiskFillsUp` waits 15 minutes, `WebhooksNotStored` does not.
            - The run of 2026-11-30 shared its processors with builds. Where webhooks are silent, time goes 200 times as fast, so half a second between two looks at two replicas is 100 s:
              `ClockWrong` of that row is about the stretched time. `JobsDead` at its begin, when nothing had happened yet, is likely left from the faults before it.
            """;

    private static final List<String> LINES = new ArrayList<>();

    @TempDir
    static Path folder;

    private static WatchedReplicas house;

    /**
     * @param lasts in virtual time
     * @param after how long is watched when it is over
     * @param alerts those that have to fire
     */
    private record Fault(String name, Duration lasts, Duration after, List<String> alerts, Act begin, Act end) {}

    private interface Act {
        void run() throws Exception;
    }

    private static final Act NOTHING = () -> {};

    @TestFactory
    List<DynamicTest> faults() {
        List<DynamicTest> all = new ArrayList<>();
        all.add(DynamicTest.dynamicTest("two replicas", () -> open(FAST, Duration.ofMillis(200))));
        for (Fault fault : fastOnes()) {
            all.add(DynamicTest.dynamicTest(
                    fault.name(), () -> meet(fault, new Recording(SCRAPED_EVERY), CALM, Duration.ofSeconds(30))));
        }
        all.add(DynamicTest.dynamicTest("two replicas, faster", () -> open(FASTER, Duration.ofMillis(200))));
        Fault silence = new Fault(
                "WHOOP sends no webhooks for 8 hours",
                Duration.ofHours(8),
                Duration.ofMinutes(30),
                List.of("WebhookSilence"),
                () -> house.traffic.setWebhooks(false),
                () -> house.traffic.setWebhooks(true));
        all.add(DynamicTest.dynamicTest(
                silence.name(),
                () -> meet(
                        silence,
                        new Recording(Duration.ofMinutes(2)),
                        Duration.ofMinutes(40),
                        Duration.ofMinutes(10))));
        return all.stream()
                .filter(test -> test.getDisplayName().matches(System.getProperty("faults.only", ".*")))
                .toList();
    }

    private static List<Fault> fastOnes() {
        return List.of(
                new Fault("nothing is wrong", minutes(5), minutes(1), List.of(), NOTHING, NOTHING),
                new Fault(
                        "WHOOP answers 500 for 10 minutes",
                        minutes(10),
                        minutes(6),
                        List.of("WhoopOutage"),
                        () -> house.whoop().faults().add(FaultRule.always("/", FaultKind.STATUS)),
                        () -> house.whoop().faults().clear()),
                new Fault(
                        "Sahha answers 500 for 10 minutes",
                        minutes(10),
                        minutes(6),
                        List.of("SahhaOutage"),
                        () -> house.replicas.sahha().faults().add(FaultRule.always("/", FaultKind.STATUS)),
                        () -> house.replicas.sahha().faults().clear()),
                new Fault(
                        "the database is down for 10 minutes",
                        minutes(10),
                        minutes(6),
                        List.of("DatabaseDown", "ReplicaNotReady"),
                        () -> house.replicas.postgres.stop(),
                        () -> house.replicas.postgres.startAgain()),
                new Fault(
                        "the clock of one replica is 10 s ahead for 6 minutes",
                        minutes(6),
                        minutes(4),
                        List.of("ClockWrong"),
                        () -> house.putSecondClock(Duration.ofSeconds(10)),
                        () -> house.putSecondClock(Duration.ZERO)),
                new Fault(
                        "WHOOP blocks the quota of the day; lifted after 25 minutes",
                        minutes(25),
                        minutes(4),
                        List.of("QuotaBlocked"),
                        () -> house.whoop().faults().add(FaultRule.always("/developer", FaultKind.QUOTA_DAY)),
                        FaultAlertsBench::liftBlock),
                new Fault(
                        "the disk of the database is full for 20 minutes",
                        minutes(20),
                        minutes(6),
                        List.of("DatabaseDiskFillsUp"),
                        () -> house.disk.fill(),
                        FaultAlertsBench::makeRoom),
                new Fault(
                        "all members withdraw their consent at WHOOP",
                        minutes(15),
                        minutes(1),
                        List.of("ConsentsLost"),
                        () -> house.replicas.members.forEach(house.whoop()::revokeGrant),
                        NOTHING));
    }

    private static Duration minutes(int count) {
        return Duration.ofMinutes(count);
    }

    private static void open(int speed, Duration betweenReads) throws Exception {
        close();
        house = WatchedReplicas.open(speed, betweenReads, folder);
    }

    @AfterAll
    static void close() throws Exception {
        if (house != null) {
            house.close();
            house = null;
        }
        if (Boolean.getBoolean("golden.rewrite") && LINES.size() == fastOnes().size() + 1) {
            write();
        }
    }

    private static void meet(Fault fault, Recording recording, Duration calm, Duration lookEvery) throws Exception {
        house.awaitCalm();
        house.record(recording, calm);
        recording.calmUntilHere();
        Tally tally = house.begin();
        fault.begin().run();
        house.record(recording, fault.lasts());
        fault.end().run();
        Map<String, Integer> answers = new TreeMap<>(tally.answers);
        long slowest = tally.slowestMillis.get();
        house.record(recording, fault.after());

        List<Fired> fired = recording.alerts(Files.createTempDirectory(folder, "recorded"), lookEvery);
        LINES.add(line(fault, fired, answers, slowest));
        System.out.println(LINES.get(LINES.size() - 1));
        assertThat(fired).extracting(Fired::alert).containsAll(fault.alerts());
        for (Fired one : fired) {
            assertThat(Path.of("..", one.runbook())).exists();
        }
        if (fault.alerts().isEmpty()) {
            assertThat(fired).isEmpty();
        }
    }

    private static String line(Fault fault, List<Fired> fired, Map<String, Integer> answers, long slowest) {
        String alerts = fired.stream()
                .map(one -> "%s `%s` after %s to %s%s → [%s](%s)"
                        .formatted(
                                one.severity(),
                                one.alert(),
                                inMinutes(one.from()),
                                inMinutes(one.until()),
                                one.about().isEmpty() ? "" : " (" + String.join(", ", one.about()) + ")",
                                Path.of(one.runbook()).getFileName(),
                                one.runbook().replaceFirst("docs/", "")))
                .collect(Collectors.joining("<br>"));
        Map<String, List<String>> byGroup = new TreeMap<>();
        answers.forEach((of, count) -> byGroup.computeIfAbsent(of.split(" ")[0], group -> new ArrayList<>())
                .add(of.split(" ")[1].replace("599", "no answer") + " × " + count));
        String saw = byGroup.entrySet().stream()
                .map(group -> group.getKey() + " " + String.join(", ", group.getValue()))
                .collect(Collectors.joining("<br>"));
        return "| %s | %s | %s<br>slowest read %.1f s |\n"
                .formatted(fault.name(), alerts.isEmpty() ? "none" : alerts, saw, slowest / 1000.0);
    }

    private static String inMinutes(Duration time) {
        return time.toMinutes() >= 120
                ? "%.1f h".formatted(time.toMinutes() / 60.0)
                : "%.1f min".formatted(time.toSeconds() / 60.0);
    }

    /** As docs/runbooks/quota-exhausted.md says. */
    private static void liftBlock() {
        house.whoop().faults().clear();
        house.whoop().resetQuota();
        assertThat(house.replicas
                        .services
                        .get(0)
                        .adminPost("/tasks/quota?action=unblock")
                        .statusCode())
                .isEqualTo(200);
    }

    /** As docs/runbooks/disk-full.md says; a server that could not write its log has ended. */
    private static void makeRoom() throws Exception {
        house.disk.makeRoom();
        if (!house.replicas.postgres.isRunning()) {
            house.replicas.postgres.startAgain();
        }
    }

    private static void write() throws Exception {
        Files.writeString(
                PAGE, """
                # Which alerts fire when something is wrong

                Written by `FaultAlertsBench`, %s, as measured, by

                ```
                mvn -Pbench -pl app -am test -Dtest=FaultAlertsBench -Dgolden.rewrite=true     # as root; packages postgresql, haproxy, prometheus
                ```

                Two processes of the service behind HAProxy, PostgreSQL on a small disk of its own (a `tmpfs`), the twins, 14 members, whose first syncs
                of one hour would use up WHOOP's usual day: the quota of a day is ten times that. Callers read 5 times a second, existing and unified
                paths and health, and WHOOP sends a signed webhook each second; one that is not acknowledged is sent again. `/prometheus` of both replicas is scraped, and what it says becomes the
                input of `promtool test rules`, which evaluates the rules of `deploy/prometheus/rules`; an hour at the pace of the calm minutes stands before it. Two figures of the disk are
                what `node_exporter` would say.

                Time is stretched: the hosts of the replicas, the database and the twins go %d times as fast as the machine (%d times where webhooks are silent), and so do scrapes and
                rules and the windows of breakers (a second at least). Time limits, the proxy's checks and how long a figure is kept before it is asked anew (`docs/monitoring.md`) stay in real time, and callers live in it:
                ten minutes of a fault are forty of their seconds, so counts of answers are smaller than in ten real minutes, and what is slow is as slow as it would be.

                Times are minutes since the fault began, of the first and the last look that saw the alert fire; in brackets what it was about. A recording ends 1 to 6 minutes
                after its fault (half an hour where webhooks are silent), and with it what would have gone on: `WhoopOutage` and `QuotaBlocked` do for 30 minutes.

                | fault | alerts | what callers saw |
                |---|---|---|
                """.formatted(LocalDate.now(Clock.systemUTC()), FAST, FASTER) + String.join("", LINES) + FOUND);
    }
}
