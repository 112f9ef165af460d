package io.holisticos.web;

import io.holisticos.health.HealthError.Forbidden;
import jakarta.annotation.Priority;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.AnnotatedElement;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes each route that says neither which scopes it needs nor whom it is open to: its author forgot it. */
final class ClosedByDefault implements DynamicFeature {

    private static final Logger log = LoggerFactory.getLogger(ClosedByDefault.class);

    /** Jersey itself answers {@code OPTIONS}, with the methods that there are. */
    private static final String OF_JERSEY = "org.glassfish.jersey.";

    @Override
    public void configure(ResourceInfo route, FeatureContext context) {
        Class<?> type = route.getResourceClass();
        if (!type.getName().startsWith(OF_JERSEY)
                && Stream.of(route.getResourceMethod(), type).noneMatch(ClosedByDefault::saysWho)) {
            log.error(
                    "event=route_without_rule route={}.{}",
                    type.getSimpleName(),
                    route.getResourceMethod().getName());
            context.register(new Refusal());
        }
    }

    private static boolean saysWho(AnnotatedElement place) {
        return place.isAnnotationPresent(RolesAllowed.class) || place.isAnnotationPresent(OpenTo.class);
    }

    @Priority(Priorities.AUTHENTICATION)
    private static final class Refusal implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            throw new Forbidden("nobody may do this");
        }
    }
}
