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

/** Stands before both ports: tells whose a request is, takes in its body, and looks at the host it names. */
public final class Edge {

    /**
     * What the edge goes by.
     *
     * @param publicHost where browsers reach us
     * @param hosts other names by which we are called; the API's port takes every name while there are none
     * @param trustedProxies who is believed about where a request comes from
     */
    public record Settings(
            String publicHost, Set<String> hosts, List<String> trustedProxies, BodiesConfiguration bodies) {}

    private Edge() {}

    /**
     * Registers the edge, for when the server starts.
     *
     * @param refuseThemselves paths that count and answer themselves the bodies that we do not take
     */
    public static void open(Environment environment, Settings settings, Predicate<String> refuseThemselves) {
        environment.getAdminContext().insertHandler(new KnownHosts(settings.publicHost(), settings.hosts()));
        if (!settings.hosts().isEmpty()) {
            environment.getApplicationContext().insertHandler(new KnownHosts(settings.publicHost(), settings.hosts()));
        }
        SlowHeads heads = new SlowHeads(
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

    /** Behind the handler that lets requests under way end, which Dropwizard puts before everything. */
    private static void stand(Server server, Handler.Singleton edge) {
        takePackedBodiesAsTheyAre(server);
        Handler.Singleton outermost = server.getHandler() instanceof Handler.Singleton graceful ? graceful : server;
        outermost.insertHandler(edge);
    }

    /** A few bytes may be the packed form of more than memory holds. */
    @SuppressWarnings("removal") // Jetty's successor to it is not what Dropwizard builds
    private static void takePackedBodiesAsTheyAre(Server server) {
        server.getDescendants(org.eclipse.jetty.server.handler.gzip.GzipHandler.class)
                .forEach(gzip -> gzip.setInflateBufferSize(-1));
    }
}
