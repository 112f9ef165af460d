package io.holisticos.sandbox;

import ch.qos.logback.classic.Level;
import io.dropwizard.logging.common.BootstrapLogging;
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

/** The command {@code twins}: WHOOP and Sahha beside a deployment that was started otherwise, until Ctrl-C. */
final class Twins {

    private static final int FAILED = 1;

    private Twins() {}

    /**
     * Runs the twins until the process is ended; returns the exit status where they do not start.
     *
     * @param args of the program: the first is the command
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
        Stops stops = new Stops();
        Runtime.getRuntime().addShutdownHook(new Thread(stops::run, "twins-stop"));
        try {
            start(options, stops);
            progress.print(text(options));
            progress.print("Twins ready in %.0f s".formatted(Math.max(1, progress.seconds())));
            new CountDownLatch(1).await(); // the twins' own threads keep no process alive
            return 0;
        } catch (SandboxFailure | IOException e) {
            System.err.println(e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static void start(TwinsOptions options, Stops stops) throws IOException {
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
        stops.add(whoop::stop);
        SahhaTwinOptions account = SahhaTwinOptions.onPort(options.sahhaPort());
        SahhaTwin sahha = SahhaTwin.start(
                options.sahhaWebhooks().stream()
                        .findFirst()
                        .map(webhook -> account.withWebhook(webhook, Settings.SAHHA_WEBHOOK_SECRET))
                        .orElse(account),
                world,
                clock);
        stops.add(sahha::stop);
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

                Ctrl-C ends both.
                """.formatted(
                options.whoopPort(),
                options.sahhaPort(),
                options.users() == 0 ? "" : " and " + options.users() + " more",
                String.join(" ", options.redirectUris()),
                String.join(
                        " ", options.webhooks().stream().map(Object::toString).toList()),
                Settings.SAHHA_WEBHOOK_SECRET);
    }
}
