package io.holisticos.trace;

import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One request of a caller: its ids, and what its log line says about it. It is bound to the thread that works on the request.
 * Work for other threads is wrapped here, so that its log lines and its calls to other systems carry the same ids.
 * Thread-safe.
 */
public final class RequestContext {

    /** The header of the request id in requests and responses. */
    public static final String REQUEST_ID_HEADER = "X-Request-Id";

    /** The key of the request id in the logging context of every line. */
    public static final String REQUEST_ID = "request_id";

    /** The key of the trace id, 32 hexadecimal digits (W3C Trace Context). */
    public static final String TRACE_ID = "trace_id";

    /** Stands for a route, an address, a caller or a member that is not known, or that there is not. */
    public static final String NONE = "none";

    /** Ids that callers may choose: nothing that could break a log line or a header. */
    private static final Pattern VALID_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private static final ThreadLocal<@Nullable RequestContext> CURRENT = new ThreadLocal<>();

    private final String requestId;
    private final SpanContext span;
    private final Map<String, SourceOutcome> sources = new LinkedHashMap<>();
    private volatile String route = NONE;
    private volatile String client = NONE;
    private volatile String caller = NONE;
    private volatile String callerId = NONE;
    private volatile String member = NONE;

    private RequestContext(String requestId, SpanContext span) {
        this.requestId = requestId;
        this.span = span;
    }

    /**
     * Creates the context of an incoming request. A malformed id or {@code traceparent} is ignored.
     *
     * @param header returns the value of a header by its name, null when it is absent
     */
    public static RequestContext arriving(UnaryOperator<@Nullable String> header) {
        String chosen = header.apply(REQUEST_ID_HEADER);
        String id = chosen != null && VALID_ID.matcher(chosen).matches()
                ? chosen
                : UUID.randomUUID().toString();
        return new RequestContext(id, TraceHeaders.childOf(header));
    }

    /** The request this thread works on; empty in jobs and at start. */
    public static Optional<RequestContext> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /** The headers that pass on the trace with a new span id; outside of a request they begin a new trace. */
    public static Map<String, String> outgoing() {
        RequestContext context = CURRENT.get();
        return TraceHeaders.of(context == null ? TraceHeaders.fresh() : context.span);
    }

    /** Records how a source answered the current request; does nothing outside of a request. */
    public static void noteSource(String source, String status, Duration took) {
        RequestContext context = CURRENT.get();
        if (context != null) {
            synchronized (context.sources) {
                context.sources.put(source, new SourceOutcome(status, took));
            }
        }
    }

    /** Wraps work so that it runs for the current request. */
    public static Runnable wrap(Runnable work) {
        RequestContext context = CURRENT.get();
        return context == null
                ? work
                : () -> {
                    try (Binding binding = context.bind()) {
                        work.run();
                    }
                };
    }

    /** As {@link #wrap(Runnable)}. */
    public static <T> Callable<T> wrapCallable(Callable<T> work) {
        RequestContext context = CURRENT.get();
        return context == null
                ? work
                : () -> {
                    try (Binding binding = context.bind()) {
                        return work.call();
                    }
                };
    }

    /** Binds this request to the current thread until the binding is closed, which restores the previous request. */
    public Binding bind() {
        RequestContext before = CURRENT.get();
        put(this);
        return () -> put(before);
    }

    private static void put(@Nullable RequestContext context) {
        if (context == null) {
            CURRENT.remove();
            MDC.remove(REQUEST_ID);
            MDC.remove(TRACE_ID);
        } else {
            CURRENT.set(context);
            MDC.put(REQUEST_ID, context.requestId);
            MDC.put(TRACE_ID, context.traceId());
        }
    }

    public String requestId() {
        return requestId;
    }

    public String traceId() {
        return span.getTraceId();
    }

    /** The path template of the route, without ids; {@code none} until a route is found. */
    public String route() {
        return route;
    }

    public void route(String template) {
        route = template;
    }

    /** The address the request came from, after trusted proxies were taken into account. */
    public String client() {
        return client;
    }

    public void client(String address) {
        client = address;
    }

    /** The name of the caller's key; {@code none} for a request without a known key. */
    public String caller() {
        return caller;
    }

    /** Tells the caller from all others, which the name need not. It is not for logs: of a member, it is their id. */
    public String callerId() {
        return callerId;
    }

    public void caller(String name, String id) {
        caller = name;
        callerId = id;
    }

    /** The hash that names the member in logs; {@code none} for a request that is not about a member. */
    public String member() {
        return member;
    }

    public void member(String hash) {
        member = hash;
    }

    /** How each source answered, in the order in which they were asked. */
    public Map<String, SourceOutcome> sources() {
        synchronized (sources) {
            return new LinkedHashMap<>(sources);
        }
    }

    /** The value of {@code sources[].status}, and how long the source took. */
    public record SourceOutcome(String status, Duration took) {}

    /** The time for which a request is bound to a thread. */
    public interface Binding extends AutoCloseable {
        @Override
        void close();
    }
}
