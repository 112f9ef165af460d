package io.holisticos.sandbox;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.app.HealthApplication;
import io.holisticos.app.Migrations;
import io.holisticos.sandbox.simulate.Simulate;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import liquibase.exception.LiquibaseException;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.jdbi.v3.core.Jdbi;

/** The main class: app, twins, PostgreSQL and members, until Ctrl-C. */
public final class Sandbox {

    private static final String KEY = "sandbox-key";

    /** Seeded without a consent at start: his is the story of connecting. */
    private static final String WAITS_FOR_CONSENT = "demo-ben";

    /** Seeded with a consent that was taken back. */
    private static final String NEEDS_NEW_CONSENT = "demo-chen";

    private final SandboxOptions options;
    private final Progress progress;
    private final Deque<Stop> running = new ArrayDeque<>();

    private Sandbox(SandboxOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals(SandboxOptions.SIMULATE)) {
            System.exit(Simulate.main(args));
        }
        SandboxOptions options;
        try {
            options = SandboxOptions.parse(args, System.getenv());
        } catch (ArgumentParserException e) {
            System.exit(SandboxOptions.explain(e));
            return;
        }
        if (TunedJvm.isHere()) {
            TunedJvm.endWithParent();
            run(options);
        } else {
            System.exit(TunedJvm.QUICK_START.run(List.of(args)));
        }
    }

    private static void run(SandboxOptions options) {
        BootstrapLogging.bootstrap(Level.WARN); // before anything speaks: the person wants progress, not logs
        Progress progress = new Progress(System.out, TunedJvm.startNanos());
        Sandbox sandbox = new Sandbox(options, progress);
        Runtime.getRuntime().addShutdownHook(new Thread(sandbox::stop, "sandbox-stop"));
        try {
            sandbox.start();
        } catch (SandboxFailure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (Exception e) { // the last line of defence: nobody else is there to tell the person
            e.printStackTrace();
            System.exit(1);
        }
    }

    private void start() throws Exception {
        requireFreePorts();
        TwinClock clock = TwinClock.atWallTime(options.speed());
        Postgres postgres = Postgres.planned(new Postgres.Place(options.databaseUrl(), options.data(), "", false));
        Settings settings = new Settings(
                options.port(),
                options.adminPort(),
                "http://localhost:" + options.whoopPort(),
                "http://localhost:" + options.sahhaPort());
        onStop(postgres::close);
        CompletableFuture<Void> databases = CompletableFuture.runAsync(() -> prepare(postgres, clock));

        HealthApplication app = new HealthApplication(clock, settings.variables(postgres)::get);
        onStop(app::stop); // after the twins: a call that hangs at one of them then ends at once
        World world = World.of(new WorldOptions(options.seed(), clock.instant(), options.users()));
        WhoopTwin whoop = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox(appUrl() + "/api/v1/whoop/callback")
                                .withWebhookUrls(List.of(URI.create(appUrl() + "/webhooks/whoop"))))
                        .withPort(options.whoopPort())
                        .withPump(),
                world,
                clock);
        onStop(whoop::stop);
        SahhaTwin sahha = SahhaTwin.start(
                SahhaTwinOptions.onPort(options.sahhaPort())
                        .withWebhook(URI.create(appUrl() + "/webhooks/sahha"), Settings.SAHHA_WEBHOOK_SECRET),
                world,
                clock);
        onStop(sahha::stop);
        progress.say("The twins of WHOOP and Sahha are up");

        Path file = Settings.file();
        onStop(() -> Settings.delete(file));
        app.run("server", file.toString());
        progress.say("The app is up");
        join(databases);

        Runnable freshQuota = freshQuota(postgres, clock, whoop);
        connectMembers(world, whoop, freshQuota);
        freshQuota.run();
        openBrowser();
        progress.print(Welcome.text(options, appUrl(), KEY));
        progress.print("Sandbox ready in %.0f s".formatted(Math.max(1, progress.seconds())));
    }

    /** Beside the start of everything else: both take their time, and the app needs no database to come up. */
    private void prepare(Postgres postgres, TwinClock clock) {
        progress.say("PostgreSQL is starting" + (options.databaseUrl() == null ? "" : " elsewhere: connecting"));
        postgres.start();
        progress.say("PostgreSQL is up; migrating two databases");
        try {
            Migrations.update(postgres.dataSource(Postgres.SAHHA), Migrations.SAHHA_CHANGELOG);
            Migrations.update(postgres.dataSource(Postgres.WHOOP), Migrations.WHOOP_CHANGELOG);
        } catch (SQLException | LiquibaseException e) {
            throw new SandboxFailure("the databases cannot be migrated: " + e.getMessage(), e);
        }
        new ApiKeyStore(Jdbi.create(postgres.dataSource(Postgres.SAHHA)))
                .save(KEY, "sandbox", Scope.ALL, clock.instant());
        progress.say("The databases are ready");
    }

    private static void join(CompletableFuture<Void> work) {
        try {
            work.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof SandboxFailure failure ? failure : e;
        }
    }

    private void connectMembers(World world, WhoopTwin whoop, Runnable freshQuota)
            throws IOException, InterruptedException {
        Members members = new Members(appUrl(), KEY);
        Person chen = world.byUserId(NEEDS_NEW_CONSENT).orElseThrow();
        List<Person> others = world.people().stream()
                .filter(person -> person.membership().hasWhoopAccount())
                .filter(person -> !Set.of(WAITS_FOR_CONSENT, NEEDS_NEW_CONSENT).contains(person.userId()))
                .toList();
        connect(members, chen); // first, since most happens to him
        for (Person person : others) {
            freshQuota.run(); // many members would otherwise wait for minutes that a person has to sit through
            connect(members, person);
        }
        members.awaitFirstSync(chen);
        whoop.revokeGrant(chen.userId());
        members.requestSync(chen);
        for (Person person : others) {
            members.awaitFirstSync(person);
        }
        members.awaitStatus(chen, "reauthorization_required");
        progress.say("Members are synced");
    }

    /** The quota as on the first day, at both ends. */
    private static Runnable freshQuota(Postgres postgres, TwinClock clock, WhoopTwin whoop) {
        QuotaGovernor governor =
                new QuotaGovernor(Jdbi.create(postgres.dataSource(Postgres.WHOOP)), clock, new QuotaConfiguration());
        return () -> {
            governor.reset();
            whoop.resetQuota();
        };
    }

    /** The API, in the person's browser, where there is one. */
    private void openBrowser() {
        if (!options.open() || GraphicsEnvironment.isHeadless() || !Desktop.isDesktopSupported()) {
            return;
        }
        try {
            Desktop.getDesktop().browse(URI.create(appUrl() + "/api/openapi.json"));
        } catch (IOException | UnsupportedOperationException e) {
            progress.say("no browser opens: " + e.getMessage());
        }
    }

    private void connect(Members members, Person person) throws IOException, InterruptedException {
        members.connect(person);
        progress.say("  " + person.userId() + " allowed access");
    }

    private String appUrl() {
        return "http://localhost:" + options.port();
    }

    private void requireFreePorts() {
        requireFree(options.port(), "--port");
        requireFree(options.adminPort(), "--admin-port");
        requireFree(options.whoopPort(), "--whoop-port");
        requireFree(options.sahhaPort(), "--sahha-port");
    }

    private static void requireFree(int port, String option) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            probe.setReuseAddress(true);
        } catch (IOException e) {
            throw new SandboxFailure("port " + port + " is taken; choose another with " + option, e);
        }
    }

    private synchronized void onStop(Stop stop) {
        running.push(stop);
    }

    /** In the reverse order of starting; one that fails does not keep the others. */
    private synchronized void stop() {
        while (!running.isEmpty()) {
            try {
                running.pop().stop();
            } catch (Exception e) {
                System.err.println("while stopping: " + e);
            }
        }
    }

    private interface Stop {
        void stop() throws Exception;
    }
}
