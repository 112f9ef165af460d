package io.holisticos.app.edge;

import io.dropwizard.core.setup.Environment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.LifeCycle;

/**
 * Handles every request on both ports first: determines the client's address, receives the body, and checks the host.
 */
public final class Edge {

    /**
     * The settings of the edge.
     *
     * @param publicHost the host by which browsers reach us
     * @param hosts other names by which we are called. While there are none, the API's port accepts every name
     * @param trustedProxies the proxies that are believed about where a request comes from
     */
    public record Settings(
            String publicHost, Set<String> hosts, List<String> trustedProxies, BodiesConfiguration bodies) {}

    private Edge() {}

    /**
     * Registers the edge, to be installed when the server starts.
     *
     * @param refuseThemselves paths that answer and count the bodies that we do not accept themselves
     */
    public static void open(Environment environment, Settings settings, Predicate<String> refuseThemselves) {
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
        Handler.Singleton clients = new ClientAddresses(new TrustedProxies(settings.trustedProxies()));
        clients.setHandler(new Bodies(settings.bodies(), refuseThemselves, environment.metrics()));
        heads.setHandler(clients);
        ScheduledExecutorService sweeper = environment
                .lifecycle()
                .scheduledExecutorService("slow-heads", true)
                .threads(1)
                .build();
        environment.lifecycle().addServerLifecycleListener(server -> {
            Future<?> unused = sweeper.scheduleAtFixedRate(
                    () -> heads.sweep(List.of(server.getConnectors())), 1, 1, TimeUnit.SECONDS);
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

    /** Whether the text is an address or a range of addresses in CIDR notation. */
    public static boolean isRange(String text) {
        return TrustedProxies.isRange(text);
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
