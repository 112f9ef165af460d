package io.holisticos.twins.http;

import io.holisticos.twins.TwinClock;
import io.holisticos.twins.http.Call.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server under a twin: on loopback only, with routes, {@link Faults}, {@link Stats} and the shared control routes
 * {@code /_twin/faults}, {@code /_twin/stats} and {@code /_twin/clock}.
 *
 * <p>Add routes before {@link #start}. Control routes are never counted, filtered or made faulty.
 */
public final class TwinServer {
    private static final Logger log = LoggerFactory.getLogger(TwinServer.class);
    private static final String CONTROL = "/_twin/";
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(10); // longer than any client waits

    private final String name;
    private final Faults faults;
    private final Stats stats;
    private final List<Endpoint> endpoints = new CopyOnWriteArrayList<>();
    private final Map<String, Supplier<Object>> moreStats = new LinkedHashMap<>();
    private Function<Call, Optional<String>> identifier = call -> Optional.empty();
    private CallFilter filter = call -> Optional.empty();
    private @Nullable Running running;

    /**
     * A server that is not listening yet.
     *
     * @param name for logs and thread names
     * @param seed for faults with a probability
     * @param servicePrefix calls below it count for {@link Stats#maxCallsIn60s}
     * @param specialFaults kinds beyond {@link FaultKind#GENERAL} that the routes handle by {@link Call#takesFault}
     */
    public TwinServer(String name, TwinClock clock, long seed, String servicePrefix, Set<FaultKind> specialFaults) {
        this.name = name;
        List<FaultKind> understood = new ArrayList<>(FaultKind.GENERAL);
        understood.addAll(specialFaults);
        this.faults = new Faults(seed, Set.copyOf(understood));
        this.stats = new Stats(clock, servicePrefix);
        new SharedControlRoutes(clock, faults, stats, moreStats).addTo(this);
    }

    /** Answers calls of that method whose path matches; {@code {name}} stands for one part of the path. */
    public void route(String method, String pattern, Route route) {
        endpoints.add(new Endpoint(method, pattern, List.of(pattern.split("/", -1)), route));
    }

    /** Sets how to find the member whom a call concerns; only statistics use it. */
    public void identify(Function<Call, Optional<String>> whose) {
        this.identifier = whose;
    }

    /** Sets the filter that sees every call first. */
    public void filter(CallFilter first) {
        this.filter = first;
    }

    /** Adds a section to {@code /_twin/stats}. */
    public void alsoCount(String section, Supplier<Object> counts) {
        moreStats.put(section, counts);
    }

    /** The fault rules. */
    public Faults faults() {
        return faults;
    }

    /** The calls so far. */
    public Stats stats() {
        return stats;
    }

    /** Listens on loopback; port 0 takes any free one. Fails with the system's message when the port is taken. */
    public synchronized void start(int port) throws IOException {
        if (running != null) {
            throw new IllegalStateException(name + " is already running");
        }
        QueuedThreadPool threads = new QueuedThreadPool(64, 4);
        threads.setName(name);
        threads.setDaemon(true);
        threads.setStopTimeout(300);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.RFC3986);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setIdleTimeout(IDLE_TIMEOUT.toMillis());
        server.addConnector(connector);
        server.setStopTimeout(0);
        ReplyWriter writer = new ReplyWriter(threads);
        server.setHandler(new RequestHandler(writer));
        try {
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(name + " could not start", e);
        }
        running = new Running(server, connector.getLocalPort());
        log.info("event=twin_started twin={} port={}", name, connector.getLocalPort());
    }

    /** Stops the server and breaks open replies. Does nothing when it is not running. */
    public synchronized void stop() {
        Running now = running;
        if (now == null) {
            return;
        }
        running = null;
        try {
            now.server().stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            throw new IllegalStateException(name + " could not stop", e);
        }
    }

    /** The base URL, such as {@code http://127.0.0.1:9100}; only while running. */
    public synchronized String baseUrl() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException(name + " is not running");
        }
        return urlOn(now.port());
    }

    /** The base URL of a twin on this port. */
    public static String urlOn(int port) {
        return "http://127.0.0.1:" + port;
    }

    private record Running(Server server, int port) {}

    private record Endpoint(String method, String pattern, List<String> pieces, Route route) {
        /** The parameters in the path, or null when it does not match. */
        private @Nullable Map<String, String> match(List<String> path) {
            if (path.size() != pieces.size()) {
                return null;
            }
            Map<String, String> parameters = new HashMap<>();
            for (int i = 0; i < pieces.size(); i++) {
                String piece = pieces.get(i);
                if (piece.startsWith("{")) {
                    parameters.put(piece.substring(1, piece.length() - 1), decoded(path.get(i)));
                } else if (!piece.equals(path.get(i))) {
                    return null;
                }
            }
            return parameters;
        }

        private static String decoded(String piece) {
            try {
                return URLDecoder.decode(piece.replace("+", "%2B"), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException broken) {
                return piece;
            }
        }
    }

    /** Finds the route of a request and sends its reply, with or without a fault. */
    private final class RequestHandler extends Handler.Abstract {
        private final ReplyWriter writer;

        private RequestHandler(ReplyWriter writer) {
            this.writer = writer;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            String path = Optional.ofNullable(request.getHttpURI().getPath()).orElse("/");
            Found found = find(request.getMethod(), path);
            Call call = new Call(
                    found.target(),
                    request.getHttpURI().getQuery(),
                    header -> request.getHeaders().get(header),
                    bodyOf(request),
                    faults);
            ReplyWriter.Exchange exchange = new ReplyWriter.Exchange(request, response, callback);
            if (path.startsWith(CONTROL)) {
                writer.send(exchange, control(found.route(), call), call.replyHeaders());
                return true;
            }
            identifier.apply(call).ifPresent(call::identify);
            stats.arrived(call);
            Optional<Reply> refusal = filter.admit(call);
            if (refusal.isPresent()) {
                answer(exchange, call, refusal.get());
                return true;
            }
            Optional<FaultRule> fault = faults.take(path, FaultKind.GENERAL);
            if (fault.isEmpty()) {
                answer(exchange, call, safely(found, call));
                return true;
            }
            ReplyWriter.outcome(fault.get()).ifPresent(outcome -> stats.answered(call, outcome));
            writer.sendFaulty(exchange, fault.get(), call.replyHeaders(), () -> counted(call, safely(found, call)));
            return true;
        }

        private void answer(ReplyWriter.Exchange exchange, Call call, Reply reply) {
            writer.send(exchange, counted(call, reply), call.replyHeaders());
        }

        private Reply counted(Call call, Reply reply) {
            stats.answered(call, reply.isDropped() ? "dropped" : Integer.toString(reply.status()));
            return reply;
        }

        private Reply control(Route route, Call call) {
            try {
                return route.answer(call);
            } catch (IllegalArgumentException refused) {
                return Reply.refused(String.valueOf(refused.getMessage()));
            }
        }

        private Reply safely(Found found, Call call) {
            try {
                return found.route().answer(call);
            } catch (RuntimeException e) {
                log.error("event=twin_failed twin={} endpoint={}", name, call.endpoint(), e);
                return Reply.empty(500);
            }
        }

        private Found find(String method, String path) {
            List<String> pieces = List.of(path.split("/", -1));
            boolean known = false;
            for (Endpoint endpoint : endpoints) {
                Map<String, String> parameters = endpoint.match(pieces);
                if (parameters != null && endpoint.method().equals(method)) {
                    String label = method + " " + endpoint.pattern();
                    return new Found(new Target(path, label, parameters), endpoint.route());
                }
                known |= parameters != null;
            }
            int status = known ? 405 : 404;
            return new Found(new Target(path, method + " (unknown)", Map.of()), call -> Reply.empty(status));
        }

        private byte[] bodyOf(Request request) {
            try {
                ByteBuffer buffer = Content.Source.asByteBuffer(request);
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                return bytes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Found(Target target, Route route) {}
}
