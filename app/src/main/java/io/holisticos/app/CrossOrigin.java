package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.handler.CrossOriginHandler;

/** Lets known web front ends call from a browser. */
final class CrossOrigin {

    private CrossOrigin() {}

    /** @param origins such as {@code https://app.example.com}; none: browsers of other origins stay out */
    static void allow(Environment environment, List<String> origins) {
        if (origins.isEmpty()) {
            return;
        }
        CrossOriginHandler handler = new CrossOriginHandler();
        handler.setAllowedOriginPatterns(origins.stream().map(Pattern::quote).collect(Collectors.toSet()));
        handler.setAllowedMethods(Set.of("GET", "POST", "PUT", "DELETE", "HEAD"));
        handler.setAllowedHeaders(
                Set.of("X-API-Key", "Content-Type", "If-None-Match", "X-Request-Id", "traceparent", "tracestate"));
        handler.setExposedHeaders(Set.of("X-Request-Id", "Retry-After"));
        environment.getApplicationContext().insertHandler(handler);
    }
}
