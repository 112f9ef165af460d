package io.holisticos.app;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.time.Clock;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** At start: lets the configured first key in, and says aloud which routes are open. */
final class FirstKey implements Managed {

    private static final Logger log = LoggerFactory.getLogger(FirstKey.class);

    private final ApiKeyStore keys;
    private final AccessConfiguration access;
    private final Clock clock;

    FirstKey(ApiKeyStore keys, AccessConfiguration access, Clock clock) {
        this.keys = keys;
        this.access = access;
        this.clock = clock;
    }

    @Override
    public void start() {
        if (access.existingRoutes != AccessConfiguration.ExistingRoutes.ENFORCE) {
            log.warn(
                    "event=existing_routes_open mode={} paths=/api/v1/health-metrics,/api/v1/sahha"
                            + " message=\"anyone who reaches this port reads Sahha data of any user\"",
                    access.existingRoutes);
        }
        if (access.serviceKey.isEmpty()) {
            return;
        }
        try {
            keys.save(access.serviceKey, "configured service key", Scope.ALL, clock.instant());
        } catch (JdbiException e) { // the existing paths may still be served once it is back
            log.error("event=service_key_not_saved message=\"is the database up and migrated?\"");
        }
    }
}
