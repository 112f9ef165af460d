package io.holisticos.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Scope;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

class RequestContextTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private final ExecutorService threads = Executors.newSingleThreadExecutor();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0b5c-1F.x_y:z", "c9b1f6a0-52c8-4c35-9b61-3b8d0a3d1c11"})
    void keepsASaneId(String id) {
        assertThat(arriving("X-Request-Id", id).requestId()).isEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "a\nb", "<script>", "é", "a\"b"})
    void givesAFreshIdInsteadOfOneThatCouldBreakALine(String id) {
        assertThat(arriving("X-Request-Id", id).requestId()).isNotEqualTo(id).matches("[0-9a-f-]{36}");
    }

    @Test
    void givesAFreshIdInsteadOfALongOne() {
        assertThat(arriving("X-Request-Id", "x".repeat(128)).requestId()).hasSize(128);
        assertThat(arriving("X-Request-Id", "x".repeat(129)).requestId()).hasSize(36);
        assertThat(arriving().requestId()).isNotEqualTo(arriving().requestId());
    }

    @Test
    void goesOnWithTheCallersTrace() {
        RequestContext context = arriving("traceparent", PARENT, "tracestate", "vendor=value");

        assertThat(context.traceId()).isEqualTo(TRACE);
        try (RequestContext.Binding binding = context.bind()) {
            Map<String, String> one = RequestContext.outgoing();
            Map<String, String> other = RequestContext.outgoing();

            assertThat(one.get("traceparent")).matches("00-" + TRACE + "-[0-9a-f]{16}-01");
            assertThat(one.get("tracestate")).isEqualTo("vendor=value");
            assertThat(other.get("traceparent")).isNotEqualTo(one.get("traceparent"));
            assertThat(one.get("traceparent")).doesNotContain("00f067aa0ba902b7");
        }
    }

    /** Its context is on the thread, and in no header. */
    @Test
    void isInTheTraceThatAnAgentRecords() {
        SpanContext recorded = SpanContext.create(
                "0af7651916cd43dd8448eb211c80319c",
                "b7ad6b7169203331",
                TraceFlags.getSampled(),
                TraceState.getDefault());

        try (Scope scope = Span.wrap(recorded).makeCurrent()) {
            assertThat(arriving().traceId()).isEqualTo(recorded.getTraceId());
            assertThat(arriving("traceparent", PARENT).traceId()).isEqualTo(recorded.getTraceId());
        }
        assertThat(arriving("traceparent", PARENT).traceId()).isEqualTo(TRACE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "00-" + TRACE + "-0000000000000000-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-" + TRACE + "-00f067aa0ba902b7",
                "ff-" + TRACE + "-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01-more"
            })
    void beginsATraceWhereTheHeaderNamesNone(String header) {
        assertThat(arriving("traceparent", header).traceId())
                .matches("[0-9a-f]{32}")
                .isNotEqualTo(TRACE)
                .isNotEqualTo("0".repeat(32));
    }

    @Test
    void outsideOfARequestEveryCallBeginsATrace() {
        assertThat(RequestContext.current()).isEmpty();
        assertThat(RequestContext.outgoing().get("traceparent")).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
    }

    @Test
    void everyLogLineOfTheThreadCarriesTheIdsUntilItIsOver() {
        RequestContext outer = arriving("X-Request-Id", "outer");
        RequestContext inner = arriving("X-Request-Id", "inner");

        try (RequestContext.Binding binding = outer.bind()) {
            assertThat(MDC.get("request_id")).isEqualTo("outer");
            assertThat(MDC.get("trace_id")).isEqualTo(outer.traceId());
            try (RequestContext.Binding again = inner.bind()) {
                assertThat(MDC.get("request_id")).isEqualTo("inner");
            }
            assertThat(MDC.get("request_id")).isEqualTo("outer");
        }
        assertThat(MDC.get("request_id")).isNull();
        assertThat(MDC.get("trace_id")).isNull();
    }

    @Test
    void workOnAnotherThreadCarriesTheRequestAndLeavesNothingBehind() throws Exception {
        try (RequestContext.Binding held = arriving("X-Request-Id", "mine").bind()) {
            assertThat(threads.submit(RequestContext.wrapCallable(() -> MDC.get("request_id")))
                            .get(10, TimeUnit.SECONDS))
                    .isEqualTo("mine");
        }

        assertThat(threads.submit(() -> String.valueOf(MDC.get("request_id"))).get(10, TimeUnit.SECONDS))
                .isEqualTo("null");
        assertThat(RequestContext.wrapCallable(() -> RequestContext.current()).call())
                .isEmpty();
    }

    @Test
    void remembersHowSourcesAnsweredInTheirOrder() {
        RequestContext context = arriving();
        RequestContext.noteSource("nobody", "asks", Duration.ZERO);
        try (RequestContext.Binding binding = context.bind()) {
            RequestContext.noteSource("sahha", "ok", Duration.ofMillis(3));
            RequestContext.noteSource("whoop", "not_connected", Duration.ZERO);
        }

        assertThat(context.sources().keySet()).containsExactly("sahha", "whoop");
        assertThat(context.sources().get("sahha"))
                .isEqualTo(new RequestContext.SourceOutcome("ok", Duration.ofMillis(3)));
    }

    private static RequestContext arriving(String... headers) {
        Map<String, String> all = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        return RequestContext.arriving(all::get);
    }
}
