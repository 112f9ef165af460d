package io.holisticos.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceId;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code traceparent} and {@code tracestate} (W3C Trace Context, level 1). We record no spans; we only pass them on. */
final class TraceHeaders {

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<UnaryOperator<@Nullable String>> FROM =
            (headers, name) -> headers == null ? null : headers.apply(name);

    private TraceHeaders() {}

    /**
     * A child span in the caller's trace, or in a new trace when the headers name none. Where an agent of OpenTelemetry records the
     * request, the span that it has begun: it does not tell us by headers.
     */
    static SpanContext childOf(UnaryOperator<@Nullable String> header) {
        SpanContext recorded = Span.current().getSpanContext();
        if (recorded.isValid()) {
            return recorded;
        }
        SpanContext caller =
                Span.fromContext(W3C.extract(Context.root(), header, FROM)).getSpanContext();
        return caller.isValid() ? childOf(caller) : fresh();
    }

    /** The first span of a new trace. It is not sampled, since the caller did not ask for that. */
    static SpanContext fresh() {
        return SpanContext.create(
                TraceId.fromLongs(nonZero(), nonZero()),
                SpanId.fromLong(nonZero()),
                TraceFlags.getDefault(),
                TraceState.getDefault());
    }

    /** The headers of a call within {@code span}, with a span id of its own. */
    static Map<String, String> of(SpanContext span) {
        Map<String, String> headers = new HashMap<>();
        W3C.inject(
                Context.root().with(Span.wrap(childOf(span))), headers, (into, name, value) -> into.put(name, value));
        return headers;
    }

    private static SpanContext childOf(SpanContext parent) {
        return SpanContext.create(
                parent.getTraceId(), SpanId.fromLong(nonZero()), parent.getTraceFlags(), parent.getTraceState());
    }

    /** A random id: ids are not secret, and zero means "no id". */
    private static long nonZero() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
    }
}
