package io.holisticos.app;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.WhatFailed;
import io.holisticos.web.ApiKeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Leases the configured service key for as long as this replica runs. A replica that is started with another key does
 * not revoke this one, which ends when no replica leases it any more.
 */
final class ServiceKeyLease implements Managed {

    private static final Logger log = LoggerFactory.getLogger(ServiceKeyLease.class);

    /** How long a key works after the last replica that was started with it has stopped. */
    static final Duration LEASE = Duration.ofMinutes(10);

    private static final Duration BEAT = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(ServiceKeyLease::daemon);
    private final ApiKeyStore keys;
    private final AccessConfiguration access;
    private final Clock clock;
    private volatile boolean begun;

    ServiceKeyLease(ApiKeyStore keys, AccessConfiguration access, Clock clock) {
        this.keys = keys;
        this.access = access;
        this.clock = clock;
    }

    @Override
    public void start() {
        beat();
    }

    @Override
    public void stop() {
        beats.shutdownNow();
    }

    private void beat() {
        Duration next = RETRY; // the service starts anyway, and accepts the key when the database answers again
        try {
            lease();
            next = BEAT;
        } catch (JdbiException e) {
            log.atLevel(WhatFailed.isNotMigrated(e) ? Level.DEBUG : Level.WARN)
                    .log(
                            "event=service_key_not_saved retry_in_ms={} cause=\"{}\"",
                            RETRY.toMillis(),
                            WhatFailed.inWords(e));
        } finally {
            if (!beats.isShutdown()) {
                ScheduledFuture<?> unused = beats.schedule(this::beat, next.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    /** The first lease inserts the key. Later ones only renew an existing row, so that a deleted key stays deleted. */
    void lease() {
        Instant now = clock.instant();
        Instant until = now.plus(LEASE);
        access.leased().ifPresent(key -> {
            if (begun) {
                keys.renewLease(key, until);
            } else {
                keys.beginLease(key, now, until);
                begun = true;
            }
        });
        keys.correctOlderVersion(until);
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "first-key");
        thread.setDaemon(true);
        return thread;
    }
}
