package io.holisticos.app;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.Problem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits how many requests of each group are handled at a time. Beyond that callers get 503 at once, before anything is
 * read, so that existing paths find room however many unified requests hang. Webhooks and integration health take no
 * room from the others, nor do the others from them. Of the pages that anybody may read, one client has half the places.
 */
final class Shedding extends HttpFilter {

    private static final Logger log = LoggerFactory.getLogger(Shedding.class);

    /** A place becomes free as soon as a request ends. */
    private static final long RETRY_AFTER_SECONDS = 1;

    /** Two monitors, or the first deliveries of the sources, must not displace each other on a small server. */
    private static final int LEAST_RESERVED = 4;

    private final transient Map<RouteGroup, Room> rooms = new EnumMap<>(RouteGroup.class);
    private final transient Room all;
    private final transient ReadersOfPages readers;
    private final transient ObjectMapper json;
    private final int unifiedUpTo;

    private Shedding(SheddingConfiguration shares, int maxThreads, MetricRegistry metrics, ObjectMapper json) {
        this.json = json;
        this.unifiedUpTo = part(shares.unifiedUpTo, maxThreads);
        this.all = Room.of("all", part(shares.all, maxThreads), metrics);
        for (RouteGroup group : RouteGroup.values()) {
            int percent = switch (group) {
                case EXISTING -> shares.existing;
                case UNIFIED -> shares.unified;
                case OVERVIEWS -> shares.overviews;
                case INTERNAL -> shares.internal;
                case CONNECT -> shares.connect;
                case PAGES -> shares.pages;
                case OTHER -> shares.other;
                case WEBHOOKS -> shares.webhooks;
                case HEALTH -> shares.health;
            };
            int part = part(percent, maxThreads);
            int limit = group.isReserved() ? Math.max(LEAST_RESERVED, part) : part;
            rooms.put(group, Room.of(group.word(), limit, metrics));
        }
        this.readers = new ReadersOfPages(part(shares.pages, maxThreads) / 2);
    }

    static void register(Environment environment, SheddingConfiguration shares, int maxThreads) {
        Shedding shedding = new Shedding(shares, maxThreads, environment.metrics(), environment.getObjectMapper());
        var filter = environment.servlets().addFilter("shedding", shedding);
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/*"); // behind the request log
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (RouteGroup.isProbe(request.getRequestURI())) {
            chain.doFilter(request, response);
            return;
        }
        RouteGroup group = RouteGroup.of(request.getRequestURI(), request.getQueryString());
        if (group.isReserved()) {
            admit(request, response, chain, group, true);
            return;
        }
        int together = all.inside.incrementAndGet();
        try {
            int ceiling = group.isShedFirst() ? unifiedUpTo : all.limit;
            admit(request, response, chain, group, together <= ceiling);
        } finally {
            all.inside.decrementAndGet();
        }
    }

    private void admit(
            HttpServletRequest request,
            HttpServletResponse response,
            FilterChain chain,
            RouteGroup group,
            boolean roomForAll)
            throws IOException, ServletException {
        Room own = rooms.getOrDefault(group, all);
        int ofGroup = own.inside.incrementAndGet();
        try {
            if (!roomForAll || ofGroup > own.limit) {
                refuse(request, response, group);
            } else if (group == RouteGroup.PAGES) {
                admitReader(request, response, chain);
            } else {
                chain.doFilter(request, response);
            }
        } finally {
            own.inside.decrementAndGet();
        }
    }

    private void admitReader(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String client = request.getRemoteAddr();
        if (!readers.enter(client)) {
            refuse(request, response, RouteGroup.PAGES);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            readers.leave(client);
        }
    }

    private void refuse(HttpServletRequest request, HttpServletResponse response, RouteGroup group) throws IOException {
        rooms.getOrDefault(group, all).shed.inc();
        log.debug("event=request_shed group={}", group.word());
        RequestContext.current().ifPresent(context -> context.route("shed:" + group.word()));
        String detail = "too many requests of group " + group.word() + " at once; please come back";
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setHeader("Retry-After", Long.toString(RETRY_AFTER_SECONDS));
        boolean existing = ExistingRoutes.contain(request.getRequestURI());
        response.setContentType(existing ? "application/json" : Problem.MEDIA_TYPE);
        Object body = existing
                ? new Detail(detail)
                : Problem.of(503, "overloaded", detail, request.getRequestURI(), RETRY_AFTER_SECONDS);
        json.writeValue(response.getOutputStream(), body);
    }

    private static int part(int percent, int maxThreads) {
        return Math.max(1, maxThreads * percent / 100);
    }

    /** The form of errors that existing callers know. */
    private record Detail(@JsonProperty("detail") String detail) {}

    /** The limit of a group, its requests under way, and how many were shed. */
    private record Room(int limit, AtomicInteger inside, Counter shed) {

        static Room of(String name, int limit, MetricRegistry metrics) {
            AtomicInteger inside = new AtomicInteger();
            metrics.register(MetricRegistry.name("shedding", name, "in_flight"), (Gauge<Integer>) inside::get);
            metrics.register(MetricRegistry.name("shedding", name, "limit"), (Gauge<Integer>) () -> limit);
            return new Room(limit, inside, metrics.counter(MetricRegistry.name("shedding", name, "shed")));
        }
    }
}
