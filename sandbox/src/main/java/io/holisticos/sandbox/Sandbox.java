package io.holisticos.sandbox;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.app.HealthApplication;
import io.holisticos.app.Migrations;
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
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import liquibase.exception.LiquibaseException;
import net.sourceforge.argparse4j.inf.ArgumentParserException;
import org.jdbi.v3.core.Jdbi;

/** The main class: app, twins, PostgreSQL and members, until Ctrl-C. */
public final class Sandbox {

    private static final String KEY = "sandbox-key";

    private static final String SAHHA_WEBHOOK_SECRET = "sandbox-sahha-webhook-secret";

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
        SandboxOptions options;
        try {
            options = SandboxOptions.parse(args, System.getenv());
        } catch (ArgumentParserException e) {
            System.exit(SandboxOptions.explain(e));
            return;
        }
        if (QuickJvm.isHere()) {
            QuickJvm.endWithParent();
            run(options);
        } else {
            System.exit(QuickJvm.run(args));
        }
    }

    private static void run(SandboxOptions options) {
        BootstrapLogging.bootstrap(Level.WARN); // before anything speaks: the person wants progress, not logs
        Progress progress = new Progress(System.out, QuickJvm.startNanos());
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
        Postgres postgres = Postgres.planned(options);
        onStop(postgres::close);
        CompletableFuture<Void> databases = CompletableFuture.runAsync(() -> prepare(postgres, clock));

        HealthApplication app = new HealthApplication(clock, variables(postgres)::get);
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
                        .withWebhook(URI.create(appUrl() + "/webhooks/sahha"), SAHHA_WEBHOOK_SECRET),
                world,
                clock);
        onStop(sahha::stop);
        progress.say("The twins of WHOOP and Sahha are up");

        app.run("server", configuration().toString());
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

    private Map<String, String> variables(Postgres postgres) {
        Map<String, String> variables = new HashMap<>();
        variables.put("PUBLIC_URL", appUrl());
        variables.put("PORT", Integer.toString(options.port()));
        variables.put("BIND_HOST", "127.0.0.1");
        variables.put("ADMIN_PORT", Integer.toString(options.adminPort()));
        variables.put("LOG_LEVEL", "WARN");
        variables.put("LOG_LAYOUT", "text");
        variables.put("SAHHA_DATABASE_URL", postgres.url(Postgres.SAHHA));
        variables.put("WHOOP_DATABASE_URL", postgres.url(Postgres.WHOOP));
        variables.put(
                "VAULT_KEY",
                Base64.getEncoder()
                        .encodeToString("a key for synthetic people only.".getBytes(StandardCharsets.US_ASCII)));
        variables.put("SAHHA_URL", "http://localhost:" + options.sahhaPort());
        variables.put("SAHHA_CLIENT_ID", "sandbox-sahha-client");
        variables.put("SAHHA_CLIENT_SECRET", "sandbox-sahha-secret");
        variables.put("SAHHA_WEBHOOK_SECRET", SAHHA_WEBHOOK_SECRET);
        variables.put("WHOOP_URL", "http://localhost:" + options.whoopPort());
        variables.put("WHOOP_CLIENT_ID", "sandbox-client");
        variables.put("WHOOP_CLIENT_SECRET", "sandbox-client-secret");
        return variables;
    }

    /** The service's own {@code config.yml}, as a file: it travels in the jar. */
    private Path configuration() throws IOException {
        Path folder = Files.createTempDirectory("sandbox");
        Path file = folder.resolve("config.yml");
        try (InputStream packaged =
                Objects.requireNonNull(HealthApplication.class.getResourceAsStream("/config.yml"), "config.yml")) {
            Files.copy(packaged, file);
        }
        onStop(() -> {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        });
        return file;
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
