package io.holisticos.app;

import io.holisticos.testing.TestDatabase;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.browser.MemberBrowser;
import io.holisticos.twins.http.FaultKind;
import io.holisticos.twins.http.FaultRule;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * How much an existing path answers while WHOOP hangs, against WHOOP healthy: {@code mvn -Pbench -pl app -am test}. Prints
 * the figures and writes them into {@code docs/benchmarks.md}. No test: it judges nothing.
 */
class ExistingPathsBench {

    private static final int CALLERS = 200;
    private static final int ROUNDS = 5;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration ROUND = Duration.ofSeconds(6);

    /** Their syncs take all threads that work on jobs. */
    private static final List<String> MEMBERS = List.of("demo-anna", "demo-ben", "demo-dina", "demo-eve");

    private static final String PATH = "/api/v1/health-metrics/overview?profile_id=demo-anna&period=today";
    private static final String SECTION = "## Existing paths while WHOOP hangs";
    private static final Path PAGE = Path.of("..", "docs", "benchmarks.md");

    private final World world = World.of(new WorldOptions(7, Clock.systemUTC().instant(), 0));
    private final TwinClock clock = TwinClock.startingAt(Clock.systemUTC().instant(), 1);
    private WhoopTwin whoop;

    private record Round(double healthy, double hanging) {

        double ratio() {
            return hanging / healthy;
        }
    }

    @Test
    void measure() throws Exception {
        String sahhaDatabase =
                TestDatabase.migratedBy(Migrations.SAHHA_CHANGELOG).url();
        String whoopDatabase =
                TestDatabase.migratedBy(Migrations.WHOOP_CHANGELOG).url();
        SahhaTwin sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        try (Service service = new Service(sahhaDatabase, whoopDatabase)) {
            whoop = WhoopTwin.start(WhoopTwinOptions.of(WhoopApp.sandbox(service.callback())), world, clock);
            service.withSources(sahha.baseUrl(), whoop.baseUrl()).start();
            for (String member : MEMBERS) {
                connect(service, member);
            }
            Callers callers = new Callers(service.port, PATH, CALLERS);
            callers.askFor(WARM_UP);
            List<Round> rounds = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) { // whoever is second gains from a warmer machine: they take turns
                double first = i % 2 == 0 ? healthy(service, callers) : hanging(service, callers);
                double second = i % 2 == 0 ? hanging(service, callers) : healthy(service, callers);
                rounds.add(i % 2 == 0 ? new Round(first, second) : new Round(second, first));
            }
            publish(rounds);
        } finally {
            sahha.stop();
            whoop.stop();
        }
    }

    private void connect(Service service, String member) throws Exception {
        String url = service.jsonOf(service.post("/api/v1/unified-health/connect/whoop/" + member))
                .path("connect_url")
                .asText();
        new MemberBrowser()
                .allow(URI.create(url), world.byUserId(member).orElseThrow().whoopUserId());
        Service.await(
                "the first sync of " + member,
                () -> !service.jsonOf(service.get("/internal/oauth/status/" + member))
                        .path("last_synced_at")
                        .asText("")
                        .isEmpty());
    }

    private double healthy(Service service, Callers callers) throws Exception {
        whoop.faults().clear();
        long before = whoop.stats().calls();
        sync(service);
        Service.await("a sync", () -> whoop.stats().calls() > before);
        return checked(callers.askFor(ROUND));
    }

    private double hanging(Service service, Callers callers) throws Exception {
        whoop.faults().add(FaultRule.always("/", FaultKind.HANG));
        long before = whoop.stats().callsAnswered("hang");
        sync(service);
        Service.await("a sync that hangs", () -> whoop.stats().callsAnswered("hang") > before);
        try {
            return checked(callers.askFor(ROUND));
        } finally {
            whoop.faults().clear();
        }
    }

    private static void sync(Service service) {
        MEMBERS.forEach(member -> service.post("/internal/sync/" + member));
    }

    private static double checked(Callers.Load load) {
        if (load.answers().stream().anyMatch(answer -> !answer.startsWith("HTTP/1.1 200 OK\n{"))) {
            throw new AssertionError("an answer that is not 200");
        }
        return load.perSecond();
    }

    private static void publish(List<Round> rounds) throws Exception {
        List<Double> ratios = rounds.stream().map(Round::ratio).sorted().toList();
        StringBuilder section = new StringBuilder(SECTION);
        section.append("""


                `mvn -Pbench -pl app -am test`: %d callers at once of `/api/v1/health-metrics/overview`, days held, the service in a JVM of
                its own; WHOOP healthy against WHOOP hanging (all job threads stuck in it), %d rounds in turn of %d s each.

                **Median ratio %s** (lowest %s, highest %s; goal 0.95).

                | round | WHOOP healthy, answers/s | WHOOP hanging, answers/s | ratio |
                |---|---|---|---|
                """.formatted(
                        CALLERS,
                        ROUNDS,
                        ROUND.toSeconds(),
                        two(ratios.get(ratios.size() / 2)),
                        two(ratios.get(0)),
                        two(ratios.get(ratios.size() - 1))));
        for (int i = 0; i < rounds.size(); i++) {
            Round round = rounds.get(i);
            section.append("| %d | %.0f | %.0f | %s |\n"
                    .formatted(i + 1, round.healthy(), round.hanging(), two(round.ratio())));
        }
        section.append("\n%s, %s: %d processors, JDK %s. Callers, twins and databases share them.\n"
                .formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version().feature()));
        System.out.println(section);
        write(section.toString());
    }

    private static String two(double ratio) {
        return String.format(Locale.ROOT, "%.2f", ratio);
    }

    /** In place of what the section says now; other sections stay. */
    private static void write(String section) throws Exception {
        String page = Files.exists(PAGE) ? Files.readString(PAGE) : "# Benchmarks\n";
        int begin = page.indexOf(SECTION);
        if (begin < 0) {
            Files.writeString(PAGE, page.stripTrailing() + "\n\n" + section);
            return;
        }
        int end = page.indexOf("\n## ", begin + 1);
        Files.writeString(PAGE, page.substring(0, begin) + section + (end < 0 ? "" : page.substring(end)));
    }
}
