package io.holisticos.app.access;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.AccessRules;
import io.holisticos.web.AccessRules.Standing;
import io.holisticos.web.Credentials;
import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.OpenTo;
import io.holisticos.web.RouteTemplate;
import io.holisticos.web.Scope;
import io.holisticos.web.SessionPort;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.UriInfo;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.stream.Stream;
import org.glassfish.jersey.server.ExtendedUriInfo;

/** Checks or observes the callers of the existing paths, as section {@code access} requires. */
@Priority(Priorities.AUTHORIZATION)
public final class ExistingCallers implements ContainerRequestFilter {

    /**
     * The number of lookups at a time, each of which holds a connection of the readers' pool. Beyond it, callers stay
     * unnamed in the log.
     */
    private static final int LOOKS_WAITING = 16;

    private final Map<ExistingRoutes.Group, Mode> modes;
    private final AccessRules rules;
    private final ObservedCallers observed;
    private final Executor looks;
    private final Meter withoutCredential;

    /** @param looks runs the lookups of keys that no caller waits for */
    private ExistingCallers(
            Map<ExistingRoutes.Group, Mode> modes,
            AccessRules rules,
            ObservedCallers observed,
            Executor looks,
            MetricRegistry metrics) {
        this.modes = modes;
        this.rules = rules;
        this.observed = observed;
        this.looks = looks;
        this.withoutCredential = metrics.meter("access.existing_routes.without_credential");
    }

    public static void register(
            Environment environment,
            Map<ExistingRoutes.Group, Mode> modes,
            AccessRules rules,
            ObservedCallers observed) {
        ExecutorService looks = environment
                .lifecycle()
                .executorService("caller-names")
                .minThreads(1)
                .maxThreads(1)
                .workQueue(new ArrayBlockingQueue<>(LOOKS_WAITING))
                .rejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy())
                .build();
        environment.lifecycle().manage(observed);
        environment.jersey().register(new ExistingCallers(modes, rules, observed, looks, environment.metrics()));
    }

    @Override
    public void filter(ContainerRequestContext request) {
        Mode mode = modeOf(request.getUriInfo());
        if (mode == Mode.OPEN) {
            return;
        }
        Credentials shown = Credentials.of(SessionPort.API, request.getMethod(), request.getHeaders()::get);
        if (mode == Mode.ENFORCE) {
            rules.require(shown, Scope.HEALTH_READ, request.getUriInfo());
        } else {
            observe(shown, request);
        }
    }

    /** A route that leaves its callers to us and is in no group is closed, as it would be for want of any rule. */
    private Mode modeOf(UriInfo uri) {
        return ExistingRoutes.groupOf(uri)
                .map(modes::get)
                .orElseGet(() -> isForExistingCallers(uri) ? Mode.ENFORCE : Mode.OPEN);
    }

    private static boolean isForExistingCallers(UriInfo uri) {
        if (!(uri instanceof ExtendedUriInfo matched) || matched.getMatchedResourceMethod() == null) {
            return false;
        }
        Method route = matched.getMatchedResourceMethod().getInvocable().getHandlingMethod();
        return Stream.of(route, route.getDeclaringClass())
                .map(place -> place.getAnnotation(OpenTo.class))
                .anyMatch(open -> open != null && open.value() == OpenTo.Whom.EXISTING_CALLERS);
    }

    /** Every caller is allowed, and none of them waits. */
    private void observe(Credentials shown, ContainerRequestContext request) {
        rules.wouldSay(shown, Scope.HEALTH_READ, request.getUriInfo(), looks).ifPresent(standing -> {
            if (standing == Standing.WITHOUT_CREDENTIAL) {
                withoutCredential.mark();
            } else if (standing == Standing.UNKNOWN_CREDENTIAL) {
                request.setProperty(ExistingRoutes.UNKNOWN_CREDENTIAL, true);
            }
            observed.count(
                    RouteTemplate.of(request.getUriInfo()),
                    standing,
                    RequestContext.current().map(RequestContext::client).orElse("none"));
        });
    }
}
