package io.holisticos.web;

import io.dropwizard.core.setup.Environment;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The outermost filter: gives each request its ids, and writes one log line when the request is answered. */
public final class RequestLog extends HttpFilter {

    private static final Logger log = LoggerFactory.getLogger(RequestLog.class);

    /** The attribute of requests whose log line this filter writes. */
    public static final String SEEN = RequestLog.class.getName();

    private RequestLog() {}

    /**
     * Registers the filter before all filters that are registered already.
     *
     * @param memberHash the hash that names a member in logs
     */
    public static void register(Environment environment, Function<UserId, String> memberHash) {
        var filter = environment.servlets().addFilter("request-log", new RequestLog());
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        environment.jersey().register(new RequestLogDetails(memberHash));
    }

    /** Writes the log line of a request that the server refused before any filter saw it, so without {@link #SEEN}. */
    public static void refused(RequestContext context, String method, int status, long begun) {
        context.route("refused");
        try (RequestContext.Binding binding = context.bind()) {
            write(context, method, status, begun);
        }
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        long begun = System.nanoTime();
        request.setAttribute(SEEN, true);
        RequestContext context = RequestContext.arriving(request::getHeader);
        context.client(request.getRemoteAddr());
        response.setHeader(RequestContext.REQUEST_ID_HEADER, context.requestId());
        try (RequestContext.Binding binding = context.bind()) {
            try {
                chain.doFilter(request, response);
            } catch (IOException | ServletException | RuntimeException | Error e) {
                write(context, request.getMethod(), HttpServletResponse.SC_INTERNAL_SERVER_ERROR, begun);
                throw e;
            }
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new OnCompletion(context, request.getMethod(), begun));
            } else {
                write(context, request.getMethod(), response.getStatus(), begun);
            }
        }
    }

    private static void write(RequestContext context, String method, int status, long begun) {
        if (!log.isInfoEnabled()) {
            return;
        }
        StringBuilder line = new StringBuilder("event=request method={} route={} status={} duration_ms={} request_id={}"
                + " trace_id={} client={} caller=\"{}\" member={}");
        List<Object> values = new ArrayList<>(List.of(
                method,
                context.route(),
                status,
                Duration.ofNanos(System.nanoTime() - begun).toMillis(),
                context.requestId(),
                context.traceId(),
                context.client(),
                context.caller(),
                context.member()));
        for (Map.Entry<String, RequestContext.SourceOutcome> source :
                context.sources().entrySet()) {
            line.append(' ').append(source.getKey()).append("={} ");
            line.append(source.getKey()).append("_ms={}");
            values.add(source.getValue().status());
            values.add(source.getValue().took().toMillis());
        }
        log.info(line.toString(), values.toArray());
    }

    /** Writes the log line of an answer that continues after the filter has returned. */
    private record OnCompletion(RequestContext context, String method, long begun) implements AsyncListener {

        @Override
        public void onComplete(AsyncEvent event) {
            int status = event.getSuppliedResponse() instanceof HttpServletResponse response ? response.getStatus() : 0;
            try (RequestContext.Binding binding = context.bind()) {
                write(context, method, status, begun);
            }
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
