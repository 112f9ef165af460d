package io.holisticos.app;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.web.AccessRules;
import io.holisticos.web.ApiKeys;
import io.holisticos.web.Caller;
import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.Scope;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the eleven existing paths ask of callers, by {@code access.existingRoutes}. */
@Priority(Priorities.AUTHORIZATION)
final class ExistingCallers implements ContainerRequestFilter {

    private static final Logger log = LoggerFactory.getLogger(ExistingCallers.class);

    private final AccessConfiguration.ExistingRoutes mode;
    private final ApiKeys keys;
    private final AccessRules rules;
    private final Meter withoutCredential;

    ExistingCallers(AccessConfiguration.ExistingRoutes mode, ApiKeys keys, AccessRules rules, MetricRegistry metrics) {
        this.mode = mode;
        this.keys = keys;
        this.rules = rules;
        this.withoutCredential = metrics.meter("access.existing_routes.without_credential");
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String path = request.getUriInfo().getPath();
        if (mode == AccessConfiguration.ExistingRoutes.OPEN || !ExistingRoutes.holdHealthData(path)) {
            return;
        }
        String key = request.getHeaderString(ApiKeys.HEADER);
        switch (mode) {
            case ENFORCE -> {
                Optional<Caller> caller = key == null ? Optional.empty() : keys.authenticate(key);
                rules.require(caller, Scope.HEALTH_READ);
            }
            case OBSERVE -> {
                if (key == null) {
                    withoutCredential.mark();
                } else {
                    name(key);
                }
            }
            case OPEN -> {}
        }
    }

    /** For the request's line only: whoever calls is let in. */
    private void name(String key) {
        try {
            Optional<Caller> unused = keys.authenticate(key);
        } catch (SourceUnavailable away) {
            log.debug("event=caller_not_named reason=\"keys cannot be read\"");
        }
    }
}
