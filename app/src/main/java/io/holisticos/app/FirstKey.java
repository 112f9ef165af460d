package io.holisticos.app;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.WhatFailed;
import io.holisticos.web.ApiKeyStore;
import io.holisticos.web.Scope;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** At start: lets the configured first key in, and says aloud which routes are open. */
final class FirstKey implements Managed {

    private static final Logger log = LoggerFactory.getLogger(FirstKey.class);

    private static final String NAME = "configured service key";
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ScheduledExecutorService again = Executors.newSingleThreadScheduledExecutor(FirstKey::daemon);
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
                            + " warning=\"anyone who reaches this port reads Sahha data of any user\"",
                    access.existingRoutes);
        }
        save();
    }

    @Override
    public void stop() {
        again.shutdownNow();
    }

    /** The key that was configured before loses its rights, also when there is none now. */
    private void save() {
        try {
            keys.withdrawOthers(access.serviceKey, NAME, clock.instant());
            if (!access.serviceKey.isEmpty()) {
                keys.save(access.serviceKey, NAME, Scope.ALL, clock.instant());
            }
            again.shutdown();
        } catch (JdbiException e) { // the service starts all the same, and takes the key when the database is back
            log.warn(
                    "event=service_key_not_saved retry_in_ms={} cause=\"{}\"", RETRY.toMillis(), WhatFailed.inWords(e));
            ScheduledFuture<?> unused = again.schedule(this::save, RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "first-key");
        thread.setDaemon(true);
        return thread;
    }
}
