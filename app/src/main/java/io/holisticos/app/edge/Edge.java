package io.holisticos.app.edge;

import io.dropwizard.core.setup.Environment;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles every request on both ports first: determines the client's address, sets the security headers, refuses paths that can
 * be read in two ways, receives the body, and checks the host. Closes connections that send or take too slowly.
 */
public final class Edge {

    private static final Logger log = LoggerFactory.getLogger(Edge.class);

    /**
     * The settings of the edge.
     *
     * @param publicHost the host by which browsers reach us
     * @param hosts other names by which we are called. While there are none, the API's port accepts every name
     * @param trustedProxies the proxies that are believed about where a request comes from
     * @param forwardedHeader the header in which they say it
     * @param strictTransportSecurity the header field of that name, for clients who speak https; empty for none
     */
    public record Settings(
            String publicHost,
            Set<String> hosts,
            List<String> trustedProxies,
            ForwardedHeader forwardedHeader,
            BodiesConfiguration bodies,
            AnswersConfiguration answers,
            String strictTransportSecurity) {}

    private Edge() {}

    /**
     * Registers the edge, to be installed when the server starts.
     *
     * @param refuseThemselves paths that answer and count the bodies that we do not accept themselves
     * @param plain paths and queries (empty for none) of the API's port whose responses get no security headers
     */
    public static void open(
            Environment environment,
            Settings settings,
            Predicate<String> refuseThemselves,
            BiPredicate<String, String> plain) {
        environment.jersey().register(new TaggedResponses());
        environment.getAdminContext().insertHandler(new AllowedHosts(settings.publicHost(), settings.hosts()));
        if (!settings.hosts().isEmpty()) {
            environment
                    .getApplicationContext()
                    .insertHandler(new AllowedHosts(settings.publicHost(), settings.hosts()));
        }
        HeaderTimeout heads = new HeaderTimeout(
                settings.bodies().within.toJavaDuration(),
                System::nanoTime,
                environment.metrics().meter("heads.too_slow"));
        SlowReaders readers = new SlowReaders(
                settings.answers(), System::nanoTime, environment.metrics().meter("answers.too_slow"));
        Handler.Singleton clients =
                new ClientAddresses(new TrustedProxies(settings.trustedProxies(), settings.forwardedHeader()));
        Handler.Singleton headers = new SecurityHeaders(settings.strictTransportSecurity(), plain);
        Handler.Singleton paths = new PlainPaths();
        paths.setHandler(new Bodies(settings.bodies(), refuseThemselves, environment.metrics()));
        headers.setHandler(paths);
        readers.setHandler(headers);
        clients.setHandler(readers);
        heads.setHandler(clients);
        ScheduledExecutorService sweeper = environment
                .lifecycle()
                .scheduledExecutorService("slow-clients", true)
                .threads(1)
                .build();
        environment.lifecycle().addServerLifecycleListener(server -> {
            Future<?> unused = sweeper.scheduleAtFixedRate(
                    () -> {
                        sweep("heads", () -> heads.sweep(List.of(server.getConnectors())));
                        sweep("answers", readers::sweep);
                    },
                    1,
                    1,
                    TimeUnit.SECONDS);
        });
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    stand(server, heads);
                }
            }
        });
    }

    /**
     * What is counted as one client: an IPv4 address, or the network of an IPv6 address.
     *
     * @param address in its numeric form; anything else is a client by itself
     */
    public static Object clientOf(String address) {
        return Addresses.parse(address).map(PendingBodies::clientOf).orElse(address);
    }

    /** Whether the text is an address or a range of addresses in CIDR notation. */
    public static boolean isRange(String text) {
        return TrustedProxies.isRange(text);
    }

    /** The IP address that a text is. Empty for anything else; no name is looked up. */
    public static Optional<InetAddress> address(String text) {
        return Addresses.parse(text);
    }

    /** A sweep that fails keeps neither the other one nor the next from coming. */
    static void sweep(String what, Runnable sweep) {
        try {
            sweep.run();
        } catch (RuntimeException e) { // of whatever kind: a schedule ends for good with the first
            log.error("event=slow_clients_not_swept of={}", what, e);
        }
    }

    /** Installs the edge behind the handler that lets requests under way finish, which Dropwizard puts first. */
    private static void stand(Server server, Handler.Singleton edge) {
        takePackedBodiesAsTheyAre(server);
        Handler.Singleton outermost = server.getHandler() instanceof Handler.Singleton graceful ? graceful : server;
        outermost.insertHandler(edge);
    }

    /** A few compressed bytes may stand for more than memory holds. */
    @SuppressWarnings("removal") // Dropwizard does not build Jetty's successor of it
    private static void takePackedBodiesAsTheyAre(Server server) {
        server.getDescendants(org.eclipse.jetty.server.handler.gzip.GzipHandler.class)
                .forEach(gzip -> gzip.setInflateBufferSize(-1));
    }
}
