package io.holisticos.app.admin.prometheus;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.glassfish.jersey.uri.UriTemplate;

/**
 * How long requests took, by route template, method and status class. The path itself is never a label: it holds ids of
 * members and has no limited set of values.
 */
final class RequestLatency implements ApplicationEventListener {

    private static final String NO_ROUTE = "none";

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final Histogram seconds;
    private final LongSupplier nanoTime;

    RequestLatency(PrometheusRegistry registry, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.seconds = Histogram.builder()
                .name("http_server_request_duration_seconds")
                .help("Time from a request's arrival at its route until its answer was written")
                .unit(Unit.SECONDS)
                .labelNames("route", "method", "status")
                .classicOnly()
                .classicUpperBounds(Latency.buckets())
                .register(registry);
    }

    @Override
    public void onEvent(ApplicationEvent event) {}

    @Override
    public RequestEventListener onRequest(RequestEvent begin) {
        long begun = nanoTime.getAsLong();
        return event -> {
            if (event.getType() == RequestEvent.Type.FINISHED) {
                seconds.labelValues(route(event.getUriInfo()), method(event), status(event))
                        .observe(Unit.nanosToSeconds(nanoTime.getAsLong() - begun));
            }
        };
    }

    private static String route(ExtendedUriInfo uri) {
        List<UriTemplate> parts = new ArrayList<>(uri.getMatchedTemplates());
        Collections.reverse(parts); // the resource that was matched last comes first
        StringBuilder route = new StringBuilder();
        for (UriTemplate part : parts) {
            String text = part.getTemplate();
            route.append(text.startsWith("/") || text.isEmpty() ? text : "/" + text);
        }
        return parts.isEmpty() ? NO_ROUTE : route.toString().replaceAll("/{2,}", "/");
    }

    private static String method(RequestEvent event) {
        String method = event.getContainerRequest().getMethod();
        return METHODS.contains(method) ? method : "other";
    }

    /** The status class, such as {@code 2xx}. A request without a response counts as 500, as the server answers it. */
    private static String status(RequestEvent event) {
        ContainerResponse response = event.getContainerResponse();
        return (response == null ? 5 : response.getStatus() / 100) + "xx";
    }
}
