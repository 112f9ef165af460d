package io.holisticos.sandbox;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.app.HealthApplication;
import io.holisticos.sandbox.door.Door;
import io.holisticos.sandbox.environment.AppSettings;
import io.holisticos.sandbox.environment.CommandLine;
import io.holisticos.sandbox.environment.Postgres;
import io.holisticos.sandbox.environment.SandboxFailure;
import io.holisticos.sandbox.environment.ShutdownSequence;
import io.holisticos.sandbox.environment.TunedJvm;
import io.holisticos.sandbox.simulate.SimulateCommand;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import io.holisticos.whoop.quota.QuotaConfiguration;
import io.holisticos.whoop.quota.QuotaGovernor;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.LoggerFactory;

/** The main class: app, twins, PostgreSQL and members, until Ctrl-C. */
public final class Sandbox {

    private static final String KEY = "sandbox-key";

    private final SandboxOptions options;
    private final Progress progress;
    private final ShutdownSequence shutdown = new ShutdownSequence();

    Sandbox(SandboxOptions options, Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals(SandboxOptions.SIMULATE)) {
            System.exit(SimulateCommand.run(args));
        }
        if (args.length > 0 && args[0].equals(SandboxOptions.TWINS)) {
            System.exit(TwinsCommand.run(args));
        }
        SandboxOptions options;
        try {
            options = SandboxOptions.parse(args, System.getenv());
        } catch (ArgumentParserException e) {
            System.exit(CommandLine.explain(e));
            return;
        }
        if (TunedJvm.isHere()) {
            TunedJvm.endWithParent();
            run(options);
        } else {
            System.exit(TunedJvm.QUICK_START.run(Sandbox.class, List.of(args)));
        }
    }

    private static void run(SandboxOptions options) {
        BootstrapLogging.bootstrap(Level.WARN); // before anything logs: the person wants to see progress
        Progress progress = new Progress(System.out, TunedJvm.startNanos());
        Sandbox sandbox = new Sandbox(options, progress);
        Runtime.getRuntime().addShutdownHook(new Thread(sandbox::close, "sandbox-stop"));
        try {
            sandbox.start();
        } catch (SandboxFailure e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (Exception e) { // there is no caller that could report it
            e.printStackTrace();
            System.exit(1);
        }
    }

    /** From the moment the end begins, the app would only report that the twins are gone. */
    private static void endLogging() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
    }

    private void start() throws Exception {
        open();
        openBrowser();
        shutdown.add(Sandbox::endLogging);
        progress.print(Welcome.text(options, appUrl(), KEY));
        progress.print("Sandbox ready in %.0f s".formatted(Math.max(1, progress.seconds())));
    }

    /** Ends what was opened. */
    void close() {
        shutdown.run();
    }

    /** Starts everything, and waits until the members are there. */
    void open() throws Exception {
        options.ports().requireFree();
        TwinClock clock = TwinClock.atWallTime(options.speed());
        Postgres postgres = Postgres.planned(new Postgres.Location(options.databaseUrl(), options.data(), "", false));
        AppSettings settings = new AppSettings(
                options.port(),
                options.adminPort(),
                "http://localhost:" + options.whoopPort(),
                "http://localhost:" + options.sahhaPort());
        shutdown.add(postgres::close);
        CompletableFuture<Void> databases = CompletableFuture.runAsync(() -> prepare(postgres, clock));

        Map<String, String> variables = settings.variables(postgres);
        variables.put("RETURN_TO", "[\"" + options.returnTo() + "\"]");
        HealthApplication app = new HealthApplication(clock, variables::get, new Door(settings, KEY));
        shutdown.add(app::stop); // after the twins, whose end ends the app's open calls
        World world = World.of(new WorldOptions(options.seed(), clock.instant(), options.users()));
        WhoopTwin whoop = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox(appUrl() + "/api/v1/whoop/callback")
                                .withWebhookUrls(List.of(URI.create(appUrl() + "/webhooks/whoop"))))
                        .withPort(options.whoopPort())
                        .withPump(),
                world,
                clock);
        shutdown.add(whoop::stop);
        SahhaTwin sahha = SahhaTwin.start(
                SahhaTwinOptions.onPort(options.sahhaPort())
                        .withWebhook(URI.create(appUrl() + "/webhooks/sahha"), AppSettings.SAHHA_WEBHOOK_SECRET),
                world,
                clock);
        shutdown.add(sahha::stop);
        progress.say("The twins of WHOOP and Sahha are up");

        Path file = AppSettings.file();
        shutdown.add(() -> AppSettings.delete(file));
        join(databases); // without tables the app would log errors
        app.run("server", file.toString());
        progress.say("The app is up");

        try (LiftedQuota lifted = LiftedQuota.of(whoop, governor(postgres, clock))) {
            new Seeding(world.people(), whoop, new Members(appUrl(), KEY), progress).run();
        }
    }

    /** Runs while the twins start: both take seconds. */
    private void prepare(Postgres postgres, TwinClock clock) {
        progress.say("PostgreSQL is starting" + (options.databaseUrl() == null ? "" : " elsewhere: connecting"));
        postgres.start();
        progress.say("PostgreSQL is up; migrating two databases");
        postgres.prepare(KEY, "sandbox", clock.instant());
        progress.say("The databases are ready");
    }

    private static void join(CompletableFuture<Void> work) {
        try {
            work.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof SandboxFailure failure ? failure : e;
        }
    }

    private static QuotaGovernor governor(Postgres postgres, TwinClock clock) {
        return new QuotaGovernor(Jdbi.create(postgres.dataSource(Postgres.WHOOP)), clock, new QuotaConfiguration());
    }

    /** Shows the front door in the person's browser, if the machine has one. */
    private void openBrowser() {
        if (!options.open() || GraphicsEnvironment.isHeadless() || !Desktop.isDesktopSupported()) {
            return;
        }
        try {
            Desktop.getDesktop().browse(URI.create(appUrl() + Door.PATH));
        } catch (IOException | UnsupportedOperationException e) {
            progress.say("the browser does not open: " + e.getMessage());
        }
    }

    private String appUrl() {
        return "http://localhost:" + options.port();
    }
}
