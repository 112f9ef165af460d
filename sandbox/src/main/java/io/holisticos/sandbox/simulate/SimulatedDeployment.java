package io.holisticos.sandbox.simulate;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.app.HealthApplication;
import io.holisticos.sandbox.environment.AppSettings;
import io.holisticos.sandbox.environment.Ports;
import io.holisticos.sandbox.environment.Postgres;
import io.holisticos.sandbox.environment.ShutdownSequence;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.Knobs;
import io.holisticos.twins.whoop.Scoring;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.Life;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/** The app, the twins and PostgreSQL on one clock that stands still until it is advanced. */
final class SimulatedDeployment implements AutoCloseable {

    static final String KEY = "simulation-key";

    /** Noon where the members live. Every run starts at the same moment. */
    static final Instant START = Instant.parse("2026-03-02T12:00:00Z");

    /** Most members wake up in this time, and their sleep is scored. */
    private static final LocalTime MORNING = LocalTime.of(6, 0);

    private static final LocalTime MORNING_END = LocalTime.of(10, 0);

    private static final int NAMED_PEOPLE = 5; // they belong to the sandbox and do not take part

    /** How long the twin waits for an answer, in real time. Long, so that a slow machine does not change the result. */
    private static final Duration WEBHOOK_TIMEOUT = Duration.ofSeconds(60);

    private final TwinClock clock = TwinClock.fixed(START);
    private final ManualJobs jobs = new ManualJobs();
    private final ShutdownSequence shutdown = new ShutdownSequence();
    private final Postgres postgres;
    private final StoredRecords stored;
    private final AppSettings settings;
    private final World world;
    private final WhoopTwin whoop;
    private final SahhaTwin sahha;
    private boolean closed;

    private SimulatedDeployment(Scenario scenario) throws IOException {
        world = World.of(new WorldOptions(scenario.seed(), START, scenario.users(), lifeOf(scenario)));
        int port = Ports.anyFree();
        postgres = Postgres.planned(new Postgres.Location(
                scenario.databaseUrl(), null, scenario.databaseUrl() == null ? "" : "_simulation", true));
        shutdown.add(postgres::close);
        stored = new StoredRecords(postgres.url(Postgres.WHOOP));
        shutdown.add(stored::close);
        String appUrl = "http://localhost:" + port;
        Scenario.Rates rates = scenario.rates();
        whoop = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox(appUrl + "/api/v1/whoop/callback")
                                .withWebhookUrls(List.of(URI.create(appUrl + "/webhooks/whoop"))))
                        .withKnobs(Knobs.defaults().with(new Knobs.Delivery(rates.unreliable(), WEBHOOK_TIMEOUT)))
                        .withScoring(new Scoring(rates.rescored(), rates.rescored() / 3, rates.early(), 0.5)),
                world,
                clock);
        sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        settings = new AppSettings(port, Ports.anyFree(), whoop.baseUrl(), sahha.baseUrl());
    }

    /** Starts everything; no member is connected yet. */
    static SimulatedDeployment start(Scenario scenario) throws Exception {
        BootstrapLogging.bootstrap(Level.WARN);
        SimulatedDeployment deployment = new SimulatedDeployment(scenario);
        try {
            deployment.open();
        } catch (Exception e) {
            deployment.close();
            throw e;
        }
        return deployment;
    }

    private void open() throws Exception {
        postgres.start();
        postgres.prepare(KEY, "simulation", clock.instant());
        Map<String, String> variables = settings.variables(postgres);
        variables.put("SAHHA_CALLS_PER_SECOND", "1000"); // counted in real time, and there is no real Sahha to protect
        for (String limit : List.of("LIMIT_SERVICE", "LIMIT_MEMBER", "LIMIT_ADDRESS")) {
            variables.put(limit, "0"); // one caller plays all members
        }
        HealthApplication app = new HealthApplication(clock, variables::get, jobs);
        shutdown.add(jobs::close);
        shutdown.add(app::stop);
        shutdown.add(whoop::stop); // before the app: that ends the app's open calls
        shutdown.add(sahha::close);
        Path file = AppSettings.file();
        try {
            app.run("server", file.toString());
        } finally {
            AppSettings.delete(file);
        }
    }

    /** Whether most members wake up about this time. */
    static boolean isMorning(Instant moment) {
        LocalTime time = LocalTime.ofInstant(moment, ZoneOffset.UTC);
        return !time.isBefore(MORNING) && time.isBefore(MORNING_END);
    }

    TwinClock clock() {
        return clock;
    }

    WhoopTwin whoop() {
        return whoop;
    }

    ManualJobs jobs() {
        return jobs;
    }

    AppSettings settings() {
        return settings;
    }

    Postgres postgres() {
        return postgres;
    }

    /** What the service has stored. */
    StoredRecords stored() {
        return stored;
    }

    /** The simulated members. */
    List<Person> members() {
        return world.people().subList(NAMED_PEOPLE, world.people().size());
    }

    /** Stops everything. May be called again and from any thread. */
    @Override
    public synchronized void close() {
        closed = true;
        shutdown.run();
    }

    /** Whether it was stopped: then calls fail for that reason. */
    synchronized boolean isClosed() {
        return closed;
    }

    private static Life lifeOf(Scenario scenario) {
        return Life.inStep(
                Duration.ofDays(scenario.history()),
                Life.Rhythm.of(scenario.rates().workoutsPerWeek()));
    }
}
