package io.holisticos.app;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.CrossOriginHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Allows known web front ends to call from a browser, and counts the requests of others, whose browsers hide our
 * responses from them.
 */
final class CrossOrigin {

    private static final Logger log = LoggerFactory.getLogger(CrossOrigin.class);

    private CrossOrigin() {}

    /** @param origins such as {@code https://app.example.com}. When there are none, no other origin is allowed */
    static void allow(Environment environment, List<String> origins) {
        if (origins.isEmpty()) {
            log.info(
                    "event=cross_origin allowed=0 A web front end that calls from the browser needs ALLOWED_ORIGINS;"
                            + " others are counted in {}",
                    RefusedOrigins.METER);
        } else {
            log.info("event=cross_origin allowed={} others are counted in {}", origins.size(), RefusedOrigins.METER);
            CrossOriginHandler handler = new ExactOrigins(Set.copyOf(origins));
            handler.setAllowedOriginPatterns(
                    origins.stream().map(Pattern::quote).collect(Collectors.toSet()));
            handler.setAllowedMethods(Set.of("GET", "POST", "PUT", "DELETE", "HEAD"));
            handler.setAllowedHeaders(Set.of(
                    "X-API-Key",
                    "Authorization",
                    "Content-Type",
                    "If-None-Match",
                    "X-Request-Id",
                    "traceparent",
                    "tracestate"));
            handler.setExposedHeaders(
                    Set.of("X-Request-Id", "Retry-After", "ETag", "WWW-Authenticate", "RateLimit", "RateLimit-Policy"));
            environment.getApplicationContext().insertHandler(handler);
        }
        environment
                .getApplicationContext()
                .insertHandler(new RefusedOrigins(Set.copyOf(origins), environment.metrics()));
    }

    /** Jetty's handler also allows a list of origins in which one is allowed, which no browser sends. */
    private static final class ExactOrigins extends CrossOriginHandler {

        private final Set<String> allowed;

        ExactOrigins(Set<String> allowed) {
            this.allowed = allowed;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            List<String> origins = request.getHeaders().getValuesList(HttpHeader.ORIGIN);
            if (origins.isEmpty() || (origins.size() == 1 && allowed.contains(origins.get(0)))) {
                return super.handle(request, response, callback);
            }
            response.getHeaders().put(HttpHeader.VARY, HttpHeader.ORIGIN.asString());
            Handler next = getHandler();
            return next != null && next.handle(request, response, callback);
        }
    }

    /** Marks the meter for each refused request, and logs each origin once, when it is first seen. */
    private static final class RefusedOrigins extends Handler.Wrapper {

        static final String METER = "cross_origin.refused";

        /** The form that an origin must have to be logged. */
        private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]{1,20}://[A-Za-z0-9.:\\[\\]-]{1,200}");

        /** Pages that members see in their browsers. */
        private static final Pattern PAGE = Pattern.compile("/connect/.*|/api/v1/whoop/callback");

        /** Limits the origins that are logged, so that nobody can fill the log with invented ones. */
        private static final int MOST_LINES = 50;

        private final Set<String> allowed;
        private final Meter refused;
        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        RefusedOrigins(Set<String> allowed, MetricRegistry metrics) {
            this.allowed = allowed;
            this.refused = metrics.meter(METER);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            String origin = request.getHeaders().get(HttpHeader.ORIGIN);
            if (origin != null && !allowed.contains(origin) && !isOurOwn(origin, request) && !isNavigation(request)) {
                refused.mark();
                String shown = ORIGIN.matcher(origin).matches() ? origin : "other";
                if (seen.size() < MOST_LINES && seen.add(shown)) {
                    log.warn(
                            "event=origin_refused origin={} Add it to ALLOWED_ORIGINS if a web front end of yours runs there",
                            shown);
                }
            }
            return super.handle(request, response, callback);
        }

        /**
         * A browser that follows a link or sends a form opens our page, as members do who come back from WHOOP. No
         * script waits for the response. A browser that does not send {@code Sec-Fetch-Mode} is recognized by the page
         * or by the content type that it asks for.
         */
        private static boolean isNavigation(Request request) {
            HttpFields headers = request.getHeaders();
            String mode = headers.get("Sec-Fetch-Mode");
            return mode == null
                    ? PAGE.matcher(Request.getPathInContext(request)).matches()
                            || headers.getCSV(HttpHeader.ACCEPT, false).stream()
                                    .anyMatch(type -> type.startsWith("text/html"))
                    : !mode.equals("cors");
        }

        /** A page of ours sends its own origin with a form. The scheme may be that of a proxy. */
        private static boolean isOurOwn(String origin, Request request) {
            String host = request.getHeaders().get(HttpHeader.HOST);
            return host != null && origin.endsWith("://" + host);
        }
    }
}
