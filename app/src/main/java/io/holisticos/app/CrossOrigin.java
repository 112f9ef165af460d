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

/** Lets known web front ends call from a browser, and counts the others, whose browsers hide our answers from them. */
final class CrossOrigin {

    private static final Logger log = LoggerFactory.getLogger(CrossOrigin.class);

    private CrossOrigin() {}

    /** @param origins such as {@code https://app.example.com}; none: browsers of other origins stay out */
    static void allow(Environment environment, List<String> origins) {
        if (origins.isEmpty()) {
            log.info(
                    "event=cross_origin allowed=0 A web front end that calls from the browser needs ALLOWED_ORIGINS;"
                            + " others are counted in {}",
                    RefusedOrigins.METER);
        } else {
            log.info("event=cross_origin allowed={} others are counted in {}", origins.size(), RefusedOrigins.METER);
            CrossOriginHandler handler = new CrossOriginHandler();
            handler.setAllowedOriginPatterns(
                    origins.stream().map(Pattern::quote).collect(Collectors.toSet()));
            handler.setAllowedMethods(Set.of("GET", "POST", "PUT", "DELETE", "HEAD"));
            handler.setAllowedHeaders(
                    Set.of("X-API-Key", "Content-Type", "If-None-Match", "X-Request-Id", "traceparent", "tracestate"));
            handler.setExposedHeaders(Set.of("X-Request-Id", "Retry-After"));
            environment.getApplicationContext().insertHandler(handler);
        }
        environment
                .getApplicationContext()
                .insertHandler(new RefusedOrigins(Set.copyOf(origins), environment.metrics()));
    }

    /** Each refused request is a mark of the meter, each origin a line when it is seen first. */
    private static final class RefusedOrigins extends Handler.Wrapper {

        static final String METER = "cross_origin.refused";

        /** What an origin may look like to be written into the log. */
        private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]{1,20}://[A-Za-z0-9.:\\[\\]-]{1,200}");

        /** What members see in their browsers. */
        private static final Pattern PAGE = Pattern.compile("/connect/.*|/api/v1/whoop/callback");

        /** Whoever wants to fill the log with invented origins gets no further. */
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
                            "event=origin_refused origin={} A web front end there needs its place in ALLOWED_ORIGINS",
                            shown);
                }
            }
            return super.handle(request, response, callback);
        }

        /**
         * Whoever follows a link or sends a form goes to our page, as members do who come back from WHOOP: no script waits for
         * the answer. Browsers that do not say what they do are known by the page they ask for, or by its type.
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

        /** A page of ours sends its own origin with a form; the scheme may be a proxy's. */
        private static boolean isOurOwn(String origin, Request request) {
            String host = request.getHeaders().get(HttpHeader.HOST);
            return host != null && origin.endsWith("://" + host);
        }
    }
}
