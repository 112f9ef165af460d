package io.holisticos.app.admin.prometheus;

import io.holisticos.web.AnswerTime;
import io.holisticos.web.RouteTemplate;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.net.URI;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;

/**
 * How many requests there were, by route template, method and status class, and how long those of a group of routes took. The
 * path itself is never a label: it holds ids of members and has no limited set of values. A histogram of each route would be
 * more series than all the rest.
 */
final class RequestMetrics implements ApplicationEventListener {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private final Counter requests;
    private final Histogram seconds;
    private final Function<URI, String> groups;
    private final LongSupplier nanoTime;

    /** @param groups the group of routes that an address belongs to */
    RequestMetrics(PrometheusRegistry registry, Function<URI, String> groups, LongSupplier nanoTime) {
        this.groups = groups;
        this.nanoTime = nanoTime;
        this.requests = Counter.builder()
                .name("http_server_requests_total")
                .help("Requests that reached a route, by group of routes, route, method and class of status")
                .labelNames("group", "route", "method", "status")
                .register(registry);
        this.seconds = Histogram.builder()
                .name("http_server_request_duration_seconds")
                .help(
                        "Time from the arrival of a request at its route until its answer was there to be sent, by group of routes")
                .unit(Unit.SECONDS)
                .labelNames("group")
                .classicOnly()
                .classicUpperBounds(Latency.buckets())
                .register(registry);
    }

    @Override
    public void onEvent(ApplicationEvent event) {}

    @Override
    public RequestEventListener onRequest(RequestEvent begin) {
        return new AnswerTime(nanoTime, this::count);
    }

    private void count(RequestEvent event, long nanos) {
        String group = groups.apply(event.getUriInfo().getRequestUri());
        requests.labelValues(group, RouteTemplate.of(event.getUriInfo()), method(event), status(event))
                .inc();
        seconds.labelValues(group).observe(Unit.nanosToSeconds(nanos));
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
