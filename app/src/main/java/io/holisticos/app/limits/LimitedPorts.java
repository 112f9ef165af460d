package io.holisticos.app.limits;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.AdminEnvironment;
import io.dropwizard.core.setup.Environment;
import io.holisticos.audit.SecurityEvents;
import jakarta.servlet.DispatcherType;
import jakarta.ws.rs.core.UriInfo;
import java.util.EnumSet;
import java.util.function.Predicate;

/** Puts the limits before both ports. */
public final class LimitedPorts {

    private LimitedPorts() {}

    /**
     * Counts the requests of both ports from now on.
     *
     * @param open which requests need no credential although they may show one
     */
    public static void register(
            Environment environment,
            LimitsConfiguration configuration,
            SecurityEvents security,
            Predicate<UriInfo> open) {
        Limits limits = new Limits(configuration, environment.metrics(), security, System::nanoTime);
        CountedRequests counted = new CountedRequests(limits, open);
        environment.jersey().register(counted.beforeAccess());
        environment.jersey().register(counted.afterAuthentication());
        environment.jersey().register(counted.afterAccess());
        environment.jersey().register(counted.withAnswer());
        guard(environment.admin(), limits, environment.getObjectMapper());
    }

    private static void guard(AdminEnvironment admin, Limits limits, ObjectMapper json) {
        var filter = admin.addFilter("limits", new AdminLimits(limits, json));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*"); // before keys are looked up
    }
}
