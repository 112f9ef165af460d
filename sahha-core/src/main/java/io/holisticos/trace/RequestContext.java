package io.holisticos.trace;

import io.opentelemetry.api.trace.SpanContext;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One request of a caller: its ids, and what is learned of it for its line in the log. The thread that works on it holds
 * it; work handed to another thread is wrapped here, so that its log lines and its calls to other systems carry the same
 * ids. Thread-safe.
 */
public final class RequestContext {

    /** The header, in both directions. */
    public static final String REQUEST_ID_HEADER = "X-Request-Id";

    /** The key of the request id in the logging context of every line. */
    public static final String REQUEST_ID = "request_id";

    /** The key of the trace id, 32 hexadecimal digits (W3C Trace Context). */
    public static final String TRACE_ID = "trace_id";

    /** What callers may choose: nothing that could break a log line or a header. */
    private static final Pattern SANE_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

    private static final ThreadLocal<@Nullable RequestContext> CURRENT = new ThreadLocal<>();

    private final String requestId;
    private final SpanContext span;
    private final Map<String, SourceOutcome> sources = new LinkedHashMap<>();
    private volatile String route = "none";
    private volatile String client = "none";
    private volatile String caller = "none";
    private volatile String member = "none";

    private RequestContext(String requestId, SpanContext span) {
        this.requestId = requestId;
        this.span = span;
    }

    /**
     * A request that comes in. An id or a {@code traceparent} that is not well-formed counts as none.
     *
     * @param header the value of a header by its name, null when it is not there
     */
    public static RequestContext arriving(UnaryOperator<@Nullable String> header) {
        String asked = header.apply(REQUEST_ID_HEADER);
        String id = asked != null && SANE_ID.matcher(asked).matches()
                ? asked
                : UUID.randomUUID().toString();
        return new RequestContext(id, TraceHeaders.childOf(header));
    }

    /** The request this thread works on; empty in jobs and at start. */
    public static Optional<RequestContext> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /** The headers that pass the trace on with a new span id; outside of any request they begin a trace. */
    public static Map<String, String> outgoing() {
        RequestContext context = CURRENT.get();
        return TraceHeaders.of(context == null ? TraceHeaders.fresh() : context.span);
    }

    /** How a source answered the request that this thread works on; does nothing outside of one. */
    public static void noteSource(String source, String status, Duration took) {
        RequestContext context = CURRENT.get();
        if (context != null) {
            synchronized (context.sources) {
                context.sources.put(source, new SourceOutcome(status, took));
            }
        }
    }

    /** The same work, done for the request that this thread works on. */
    public static Runnable wrap(Runnable work) {
        RequestContext context = CURRENT.get();
        return context == null
                ? work
                : () -> {
                    try (Held held = context.hold()) {
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
                    try (Held held = context.hold()) {
                        return work.call();
                    }
                };
    }

    /** As {@link #wrap(Runnable)}. */
    public static <T extends @Nullable Object> Supplier<T> wrapSupplier(Supplier<T> work) {
        RequestContext context = CURRENT.get();
        return context == null
                ? work
                : () -> {
                    try (Held held = context.hold()) {
                        return work.get();
                    }
                };
    }

    /** An executor whose work carries the request of whoever hands it in. */
    public static ExecutorService wrap(ExecutorService executor) {
        return new CarryingExecutor(executor);
    }

    /** Makes this the request of the current thread until it is closed; what was there before comes back then. */
    public Held hold() {
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

    /** The template of the route, without ids; {@code none} until one was found. */
    public String route() {
        return route;
    }

    public void route(String template) {
        route = template;
    }

    /** The address the request came from, as the server's edge decided it. */
    public String client() {
        return client;
    }

    public void client(String address) {
        client = address;
    }

    /** The name of the caller's key; {@code none} for whoever showed none. */
    public String caller() {
        return caller;
    }

    public void caller(String name) {
        caller = name;
    }

    /** The member as logs name them, never their id; {@code none} for requests about nobody. */
    public String member() {
        return member;
    }

    public void member(String hash) {
        member = hash;
    }

    /** How each source that was asked answered, in the order they were asked. */
    public Map<String, SourceOutcome> sources() {
        synchronized (sources) {
            return new LinkedHashMap<>(sources);
        }
    }

    /** The word of {@code sources[].status}, and how long the source took. */
    public record SourceOutcome(String status, Duration took) {}

    /** Until when a thread holds a request. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
