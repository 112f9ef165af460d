package io.holisticos.app;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jetty.HttpConnectorFactory;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Builds a server like the service's own, for the routes of one environment, on a free port of the loopback. */
final class RehearsalServer extends AbstractServerFactory {

    private static final int THREADS = 16;

    private final boolean virtualThreads;
    private final String key;

    /** @param key of the only caller that is let in */
    RehearsalServer(boolean virtualThreads, String key) {
        this.virtualThreads = virtualThreads;
        this.key = key;
        ServerDefaults.applyTo(this, false); // threads are made here, under another name
    }

    @Override
    public void configure(Environment environment) {
        environment.jersey().setUrlPattern("/*");
    }

    @Override
    public Server build(Environment environment) {
        configure(environment);
        MetricRegistry metrics = environment.metrics();
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName(QuietRehearsal.THREADS + "server");
        threads.setDaemon(true);
        if (virtualThreads) {
            threads.setVirtualThreadsExecutor(
                    VirtualThreads.getNamedVirtualThreadsExecutor(QuietRehearsal.THREADS + "virtual-"));
        }
        Server server = new Server(threads);
        HttpConnectorFactory http = new HttpConnectorFactory();
        http.setBindHost(InetAddress.getLoopbackAddress().getHostAddress());
        http.setPort(0);
        server.addConnector(http.build(server, metrics, "warm-up", threads));
        environment.lifecycle().attach(server);
        Handler routes = createAppServlet(
                server,
                environment.jersey(),
                environment.getObjectMapper(),
                environment.getValidator(),
                environment.getApplicationContext(),
                environment.getJerseyServletContainer(),
                metrics);
        server.setHandler(new OnlyCaller(addGracefulHandler(buildGzipHandler(routes)), key));
        server.setStopTimeout(0);
        return server;
    }

    /** The port of a server that was started. */
    static int portOf(Server server) {
        for (Connector connector : server.getConnectors()) {
            if (connector instanceof NetworkConnector network) {
                return network.getLocalPort();
            }
        }
        throw new IllegalStateException("the server has no port");
    }

    /** Nobody on this machine finds a second way into the service. */
    private static final class OnlyCaller extends Handler.Wrapper {

        private final byte[] key;

        OnlyCaller(Handler handler, String key) {
            super(handler);
            this.key = key.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            String given = request.getHeaders().get(RehearsalCaller.KEY);
            if (given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.US_ASCII), key)) {
                return super.handle(request, response, callback);
            }
            response.setStatus(HttpStatus.NOT_FOUND_404);
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
            callback.succeeded();
            return true;
        }
    }
}
