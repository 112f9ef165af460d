package io.holisticos.bench;

import io.holisticos.bench.contender.Bare;
import io.holisticos.bench.contender.Deployment;
import io.holisticos.bench.contender.FastApi;
import io.holisticos.bench.contender.Service;
import io.holisticos.bench.drive.Load;
import io.holisticos.bench.drive.Request;
import io.holisticos.bench.drive.SignedEvents;
import io.holisticos.bench.drive.Zipf;
import io.holisticos.bench.load.Cluster;
import io.holisticos.bench.load.Population;
import io.holisticos.bench.load.StoredAnswers;
import io.holisticos.bench.load.StoredAnswers.Answer;
import io.holisticos.bench.process.Progress;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Everybody who is compared, started. Callers are spread over all members, the same way for each. */
final class Contenders {

    static final List<String> NAMES =
            List.of("a", "b", "fastapi-merge", "fastapi-stored", "existing", "hit", "miss", "days", "304", "webhook");

    static final String OVERVIEW = "/api/v1/unified-health/overview/";
    static final String EXISTING = "/api/v1/health-metrics/overview?profile_id=";
    static final Map<String, String> CACHED = Map.of("ANSWER_CACHE", "true");
    static final Map<String, String> UNCACHED = Map.of("ANSWER_CACHE", "false");

    private static final Map<String, String> KEY = Map.of("X-API-Key", Deployment.KEY);
    private static final int DRAWN = 100_000;
    private static final long SEED = 18;
    private static final int YEAR = 366;
    private static final int RANGES_EACH = 30;

    /** More than can be acknowledged in a second. */
    private static final int EVENTS_A_SECOND = 6_000;

    private final Workbench bench;
    private final BenchOptions options;
    private final List<String> members;
    private final int[] order;
    private final List<Contender> all = new ArrayList<>();

    private Contenders(Workbench bench) {
        this.bench = bench;
        this.options = bench.options();
        this.members = options.population().ids();
        this.order = Zipf.draw(members.size(), DRAWN, SEED);
    }

    /** Those that the options ask for. */
    static List<Contender> started(Workbench bench) {
        Contenders contenders = new Contenders(bench);
        contenders.start();
        return List.copyOf(contenders.all);
    }

    private void start() {
        Cluster cluster = bench.cluster();
        Deployment deployment = bench.deployment();
        Service cached = deployment.start("service", CACHED);
        List<Answer> answers = StoredAnswers.fill(cluster, cached.port(), Deployment.KEY, members);
        if (asksForAny("a", "b")) {
            int port = Bare.start(bench.processes(), bench.checkout(), options.jvm(), cluster)
                    .port();
            add("a", "(a) bare Dropwizard, one row by JDBC", port, who -> Request.get("/row/" + who, Map.of()));
            add("b", "(b) bare Dropwizard, key checked, the same bytes from memory", port, who -> get("/bytes/" + who));
        }
        if (asksForAny("fastapi-merge", "fastapi-stored")) {
            for (int workers : List.of(1, 2)) {
                int port = FastApi.start(bench.processes(), bench.checkout(), cluster, workers);
                String of = ", " + workers + (workers == 1 ? " worker" : " workers");
                add("fastapi-merge", "(c) FastAPI, merging at read time" + of, port, who -> get("/merged/" + who));
                add("fastapi-stored", "(c) FastAPI, reading a stored answer" + of, port, who -> get("/stored/" + who));
            }
        }
        addExisting(cached);
        add("hit", "(d) unified overview, hit", cached.port(), who -> get(OVERVIEW + who));
        if (asksForAny("304")) {
            addNotModified(cached.port(), answers);
        }
        if (asksForAny("miss", "days")) {
            int port = deployment.start("service-uncached", UNCACHED).port();
            add("miss", "(d) unified overview, miss", port, who -> get(OVERVIEW + who));
            addDays(port);
        }
        if (asksForAny("webhook")) {
            addWebhook(cached.port());
        }
        Progress.say(all.size() + " are compared");
    }

    private boolean asksForAny(String... names) {
        for (String name : names) {
            if (options.asksFor(name)) {
                return true;
            }
        }
        return false;
    }

    private static Request get(String path) {
        return Request.get(path, KEY);
    }

    private void add(String name, String title, int port, Function<String, Request> request) {
        if (options.asksFor(name)) {
            Load load = new Load(port, members.stream().map(request).toList(), order);
            all.add(new Contender(name, title, () -> load));
        }
    }

    private void addExisting(Service service) {
        if (!options.asksFor("existing")) {
            return;
        }
        Load load = new Load(
                service.port(),
                members.stream()
                        .map(who -> Request.get(EXISTING + who, Map.of()))
                        .toList(),
                order);
        all.add(new Contender("existing", "(d) existing overview", () -> load));
        all.add(new Contender(
                "existing-off",
                "(d) existing overview, WHOOP off",
                () -> load,
                () -> service.setWhoop(false),
                () -> service.setWhoop(true)));
    }

    private void addNotModified(int port, List<Answer> answers) {
        List<Request> requests = answers.stream()
                .sorted(Comparator.comparing(Answer::who))
                .map(answer -> Request.get(
                        OVERVIEW + answer.who(), Map.of("X-API-Key", Deployment.KEY, "If-None-Match", answer.etag())))
                .toList();
        Load load = new Load(port, requests, order);
        all.add(new Contender("304", "(d) unified overview, 304", () -> load));
    }

    /** Ranges differ, so that no two callers ask the same at once. */
    private void addDays(int port) {
        if (!options.asksFor("days")) {
            return;
        }
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        List<Request> requests = new ArrayList<>();
        for (int back = 0; back < RANGES_EACH; back++) {
            LocalDate to = today.minusDays(back);
            for (String who : Population.withDays(400)) {
                requests.add(
                        get("/api/v1/unified-health/days/" + who + "?from=" + to.minusDays(YEAR - 1L) + "&to=" + to));
            }
        }
        Load load = new Load(port, requests, Zipf.draw(requests.size(), DRAWN, SEED));
        all.add(new Contender("days", "(d) unified days, 366, miss", () -> load));
    }

    private void addWebhook(int port) {
        SignedEvents events = events();
        all.add(new Contender(
                "webhook",
                "(d) webhook of WHOOP, acknowledged",
                () -> Load.inOrder(port, events.next(EVENTS_A_SECOND * options.seconds()))));
    }

    static SignedEvents events() {
        return new SignedEvents(
                Deployment.WEBHOOK_SECRET, Population.FIRST_WEBHOOK_ACCOUNT, Population.WEBHOOK_MEMBERS);
    }
}
