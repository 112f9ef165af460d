package io.holisticos.app;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.core.setup.Environment;
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
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;

/** Checks the callers of the eleven existing paths, as {@code access.existingRoutes} requires. */
@Priority(Priorities.AUTHORIZATION)
final class ExistingCallers implements ContainerRequestFilter {

    /**
     * The number of lookups at a time, each of which holds a connection of the readers' pool. Beyond it, callers stay
     * unnamed in the log.
     */
    private static final int LOOKS_WAITING = 16;

    private final AccessConfiguration.ExistingRoutes mode;
    private final ApiKeys keys;
    private final AccessRules rules;
    private final Executor looks;
    private final Meter withoutCredential;

    /** @param looks runs the lookups of keys that no caller waits for */
    ExistingCallers(
            AccessConfiguration.ExistingRoutes mode,
            ApiKeys keys,
            AccessRules rules,
            Executor looks,
            MetricRegistry metrics) {
        this.mode = mode;
        this.keys = keys;
        this.rules = rules;
        this.looks = looks;
        this.withoutCredential = metrics.meter("access.existing_routes.without_credential");
    }

    static void register(
            Environment environment, AccessConfiguration.ExistingRoutes mode, ApiKeys keys, AccessRules rules) {
        ExecutorService looks = environment
                .lifecycle()
                .executorService("caller-names")
                .minThreads(1)
                .maxThreads(1)
                .workQueue(new ArrayBlockingQueue<>(LOOKS_WAITING))
                .rejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy())
                .build();
        environment.jersey().register(new ExistingCallers(mode, keys, rules, looks, environment.metrics()));
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
                    keys.name(key, looks); // only for the line in the log: every caller is allowed
                }
            }
            case OPEN -> {}
        }
    }
}
