package io.holisticos.sandbox;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
import io.holisticos.sandbox.environment.AppSettings;
import io.holisticos.sandbox.environment.CommandLine;
import io.holisticos.sandbox.environment.SandboxFailure;
import io.holisticos.sandbox.environment.ShutdownSequence;
import io.holisticos.sandbox.environment.TunedJvm;
import io.holisticos.twins.TwinClock;
import io.holisticos.twins.sahha.SahhaTwin;
import io.holisticos.twins.sahha.SahhaTwinOptions;
import io.holisticos.twins.whoop.WhoopApp;
import io.holisticos.twins.whoop.WhoopTwin;
import io.holisticos.twins.whoop.WhoopTwinOptions;
import io.holisticos.twins.world.World;
import io.holisticos.twins.world.WorldOptions;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import net.sourceforge.argparse4j.inf.ArgumentParserException;

/** The command {@code twins}: WHOOP and Sahha for a deployment that runs elsewhere, until Ctrl-C. */
final class TwinsCommand {

    private static final int FAILED = 1;

    private TwinsCommand() {}

    /**
     * Runs the twins until the process ends; returns the exit status if they do not start.
     *
     * @param args the program's arguments, of which the first is the command
     */
    static int run(String[] args) {
        TwinsOptions options;
        try {
            options = TwinsOptions.parse(Arrays.copyOfRange(args, 1, args.length));
        } catch (ArgumentParserException e) {
            return CommandLine.explain(e);
        }
        BootstrapLogging.bootstrap(Level.WARN);
        Progress progress = new Progress(System.out, TunedJvm.startNanos());
        ShutdownSequence shutdown = new ShutdownSequence();
        Runtime.getRuntime().addShutdownHook(new Thread(shutdown::run, "twins-stop"));
        try {
            start(options, shutdown);
            progress.print(text(options));
            progress.print("Twins ready in %.0f s".formatted(Math.max(1, progress.seconds())));
            new CountDownLatch(1).await(); // the twins' threads are daemons and would let the process end
            return 0;
        } catch (SandboxFailure | IOException e) {
            System.err.println(e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static void start(TwinsOptions options, ShutdownSequence shutdown) throws IOException {
        options.ports().requireFree();
        TwinClock clock = TwinClock.atWallTime(options.speed());
        World world = World.of(new WorldOptions(options.seed(), clock.instant(), options.users()));
        WhoopTwin whoop = WhoopTwin.start(
                WhoopTwinOptions.of(WhoopApp.sandbox(options.redirectUris().toArray(String[]::new))
                                .withWebhookUrls(options.whoopWebhooks()))
                        .withPort(options.whoopPort())
                        .withPump(),
                world,
                clock);
        shutdown.add(whoop::stop);
        SahhaTwinOptions account = SahhaTwinOptions.onPort(options.sahhaPort());
        SahhaTwin sahha = SahhaTwin.start(
                options.sahhaWebhooks().stream()
                        .findFirst()
                        .map(webhook -> account.withWebhook(webhook, AppSettings.SAHHA_WEBHOOK_SECRET))
                        .orElse(account),
                world,
                clock);
        shutdown.add(sahha::stop);
    }

    private static String text(TwinsOptions options) {
        return """

                WHOOP twin  http://localhost:%1$d            Sahha twin  http://localhost:%2$d
                Members     demo-anna, demo-ben, demo-chen, demo-dina, demo-eve%3$s

                Redirects   %4$s
                Webhooks    %5$s

                For the deployment's environment:

                  DEPLOYMENT=sandbox
                  WHOOP_URL=http://localhost:%1$d
                  WHOOP_CLIENT_ID=sandbox-client
                  WHOOP_CLIENT_SECRET=sandbox-client-secret
                  SAHHA_URL=http://localhost:%2$d
                  SAHHA_CLIENT_ID=sandbox-sahha-client
                  SAHHA_CLIENT_SECRET=sandbox-sahha-secret
                  SAHHA_WEBHOOK_SECRET=%6$s
                  JWT_ISSUER=%8$s
                  JWT_AUDIENCE=%7$s
                  JWT_JWKS_URL=http://localhost:%2$d/_twin/jwks.json

                Ctrl-C ends both.
                """.formatted(
                options.whoopPort(),
                options.sahhaPort(),
                options.users() == 0 ? "" : " and " + options.users() + " more",
                String.join(" ", options.redirectUris()),
                String.join(
                        " ", options.webhooks().stream().map(Object::toString).toList()),
                AppSettings.SAHHA_WEBHOOK_SECRET,
                SahhaTwin.MEMBERS_AUDIENCE,
                SahhaTwin.issuerOn(options.sahhaPort()));
    }
}
