package io.holisticos.sandbox.simulate;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.app.HealthApplication;
import io.holisticos.app.Migrations;
import io.holisticos.sandbox.Postgres;
import io.holisticos.sandbox.SandboxFailure;
import io.holisticos.sandbox.Settings;
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
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import liquibase.exception.LiquibaseException;
import org.jdbi.v3.core.Jdbi;

/** The app, the twins and PostgreSQL on one clock that stands still until it is advanced. */
final class Town implements AutoCloseable {

    static final String KEY = "simulation-key";

    /** Noon where everybody lives; any moment would do, as long as it is always the same. */
    static final Instant START = Instant.parse("2026-03-02T12:00:00Z");

    /** The awakenings, with the scores that follow them. */
    private static final LocalTime MORNING = LocalTime.of(6, 0);

    private static final LocalTime MORNING_IS_OVER = LocalTime.of(10, 0);

    private static final int NAMED_PEOPLE = 5; // they belong to the demo and stay away

    /** Of the twin for our answers, in real time: it must not decide how a run ends. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TwinClock clock = TwinClock.fixed(START);
    private final Hands hands = new Hands();
    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private final Postgres postgres;
    private final HeldStore held;
    private final Settings settings;
    private final World world;
    private final WhoopTwin whoop;
    private final SahhaTwin sahha;
    private boolean closed;

    private Town(Scenario scenario) throws IOException {
        world = World.of(new WorldOptions(scenario.seed(), START, scenario.users(), lifeOf(scenario)));
        int port = freePort();
        postgres = Postgres.planned(new Postgres.Place(
                scenario.databaseUrl(), null, scenario.databaseUrl() == null ? "" : "_simulation", true));
        running.push(postgres::close);
        held = new HeldStore(postgres.url(Postgres.WHOOP));
        running.push(held);
        String appUrl = "http://localhost:" + port;
        Scenario.Odds odds = scenario.odds();
        whoop = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox(appUrl + "/api/v1/whoop/callback")
                                .withWebhookUrls(List.of(URI.create(appUrl + "/webhooks/whoop"))))
                        .withKnobs(Knobs.defaults().with(new Knobs.Delivery(odds.unreliable(), PATIENCE)))
                        .withScoring(new Scoring(odds.rescored(), odds.rescored() / 3, odds.early(), 0.5)),
                world,
                clock);
        sahha = SahhaTwin.start(SahhaTwinOptions.onPort(0), world, clock);
        settings = new Settings(port, freePort(), whoop.baseUrl(), sahha.baseUrl());
    }

    /** Starts everything; nobody is connected yet. */
    static Town start(Scenario scenario) throws Exception {
        BootstrapLogging.bootstrap(Level.WARN);
        Town town = new Town(scenario);
        try {
            town.open();
        } catch (Exception e) {
            town.close();
            throw e;
        }
        return town;
    }

    private void open() throws Exception {
        postgres.start();
        try {
            Migrations.update(postgres.dataSource(Postgres.SAHHA), Migrations.SAHHA_CHANGELOG);
            Migrations.update(postgres.dataSource(Postgres.WHOOP), Migrations.WHOOP_CHANGELOG);
        } catch (SQLException | LiquibaseException e) {
            throw new SandboxFailure("the databases cannot be migrated: " + e.getMessage(), e);
        }
        new ApiKeyStore(Jdbi.create(postgres.dataSource(Postgres.SAHHA)))
                .save(KEY, "simulation", Scope.ALL, clock.instant());
        Map<String, String> variables = settings.variables(postgres);
        variables.put("SAHHA_CALLS_PER_SECOND", "1000"); // its seconds are real ones, and there is no Sahha to spare
        HealthApplication app = new HealthApplication(clock, variables::get, hands);
        running.push(hands);
        running.push(app::stop);
        running.push(whoop::stop); // before the app: a call that hangs at one of them then ends at once
        running.push(sahha);
        Path file = Settings.file();
        try {
            app.run("server", file.toString());
        } finally {
            Settings.delete(file);
        }
    }

    /** Whether most people there wake about this time. */
    static boolean isMorning(Instant moment) {
        LocalTime time = LocalTime.ofInstant(moment, ZoneOffset.UTC);
        return !time.isBefore(MORNING) && time.isBefore(MORNING_IS_OVER);
    }

    TwinClock clock() {
        return clock;
    }

    WhoopTwin whoop() {
        return whoop;
    }

    Hands hands() {
        return hands;
    }

    Settings settings() {
        return settings;
    }

    Postgres postgres() {
        return postgres;
    }

    /** What the service has written. */
    HeldStore held() {
        return held;
    }

    /** Everybody whose life is simulated. */
    List<Person> members() {
        return world.people().subList(NAMED_PEOPLE, world.people().size());
    }

    /** Ends everything, also when called again or from another thread. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) { // the others are to end all the same
                System.err.println("while stopping: " + e);
            }
        }
    }

    /** Whether the end was asked for: failures of calls are then no news. */
    synchronized boolean isClosed() {
        return closed;
    }

    private static Life lifeOf(Scenario scenario) {
        return Life.inStep(
                Duration.ofDays(scenario.history()),
                Life.Rhythm.of(scenario.odds().workoutsPerWeek()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
