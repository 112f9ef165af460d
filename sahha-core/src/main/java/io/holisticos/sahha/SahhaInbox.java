package io.holisticos.sahha;

import io.holisticos.database.Idempotent;
import io.holisticos.health.WhatFailed;
import io.holisticos.web.WebhookOutcome;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what Sahha told until it was read again. Events come in swarms (observed: some 470 a day for one profile), so
 * that all of one member and kind within a pause cost one call. Thread-safe, and safe beside other replicas.
 */
final class SahhaInbox {

    private static final Logger log = LoggerFactory.getLogger(SahhaInbox.class);

    private static final Duration BEAT = Duration.ofSeconds(1);

    /** What a process began and did not end, another begins after this. */
    private static final Duration TAKEN_OVER_AFTER = Duration.ofSeconds(25);

    /** What is under way is claimed anew when no more than this is left: several beats, each of which may be late. */
    private static final Duration RENEWED_BEFORE = Duration.ofSeconds(15);

    /** A refresh that came to nothing is tried again after this. */
    private static final Duration AGAIN = Duration.ofMinutes(1);

    /** Whatever is read after that is fetched anyway. */
    private static final Duration GIVEN_UP = Duration.ofHours(24);

    private static final Duration KEPT = Duration.ofDays(7);
    private static final Duration BETWEEN_PURGES = Duration.ofHours(6);

    /** How many events' members are looked at in one beat at most; most of them may have nothing to bring up to date. */
    private static final int IN_A_BEAT = 500;

    private final SahhaInboxStore deliveries;
    private final SahhaInboxStore inbox;
    private final SahhaStore store;
    private final SahhaRefresh refresh;
    private final SahhaConfiguration configuration;
    private final Clock clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(SahhaInbox::daemon);
    private final Set<Claim> underWay = ConcurrentHashMap.newKeySet();
    private volatile Instant purged = Instant.EPOCH;

    /**
     * Ways into one database.
     *
     * @param deliveries with the limits of whoever waits for an answer
     * @param inbox for what goes on in the background
     * @param rows of members, likewise
     */
    record Stores(SahhaInboxStore deliveries, SahhaInboxStore inbox, SahhaStore rows) {}

    /** What this process fetches, and until when nobody else does. */
    private static final class Claim {

        private final SahhaInboxStore.Due due;
        private Instant until;

        private Claim(SahhaInboxStore.Due due, Instant until) {
            this.due = due;
            this.until = until;
        }
    }

    SahhaInbox(Stores stores, SahhaRefresh refresh, SahhaConfiguration configuration, Clock clock) {
        this.deliveries = stores.deliveries();
        this.inbox = stores.inbox();
        this.store = stores.rows();
        this.refresh = refresh;
        this.configuration = configuration;
        this.clock = clock;
    }

    void start() {
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                this::workQuietly, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop() {
        timer.shutdownNow();
    }

    /** Returns once the events are durable, or says why they are not. */
    WebhookOutcome store(byte[] body, List<SahhaEvent> events) {
        try {
            SahhaInboxStore.Times times = new SahhaInboxStore.Times(
                    clock.instant(),
                    configuration.webhookPause.toJavaDuration(),
                    longer(
                            configuration.overview().freshFor(),
                            configuration.metrics().freshFor()));
            if (Idempotent.work(() -> deliveries.save(sha256(body), events, times)) == 0) {
                return WebhookOutcome.DUPLICATE;
            }
            return events.get(0).isKnownType() ? WebhookOutcome.STORED : WebhookOutcome.UNKNOWN_TYPE;
        } catch (JdbiException e) { // without its message, which may quote the statement's arguments
            log.error("event=webhook_not_stored provider=sahha cause=\"{}\"", WhatFailed.inWords(e));
            return WebhookOutcome.UNAVAILABLE;
        }
    }

    /** Begins the refreshes that are due, and keeps those that are under way. */
    void work() {
        Instant now = clock.instant();
        underWay.forEach(claim -> renew(claim, now));
        begin(now);
        if (now.isAfter(purged.plus(BETWEEN_PURGES))) {
            purged = now;
            inbox.purge(now.minus(KEPT));
            store.purgeProfiles();
        }
    }

    /** Claims no more than can be asked of Sahha in a second: what would have to wait, another replica may begin. */
    private void begin(Instant now) {
        int looked = 0;
        List<SahhaInboxStore.Due> found;
        do {
            int room = Math.min(configuration.maxCallsPerSecond - underWay.size(), IN_A_BEAT - looked);
            if (room <= 0) {
                return;
            }
            Instant until = now.plus(TAKEN_OVER_AFTER);
            found = inbox.claim(now, until, room);
            found.forEach(due -> begin(new Claim(due, until), now));
            looked += found.size();
        } while (!found.isEmpty());
    }

    private void begin(Claim claim, Instant now) {
        if (store.holdsAnything(claim.due.who())) {
            underWay.add(claim);
            var unused = refresh.start(claim.due.who(), claim.due.kind(), Span.recent(clock))
                    .whenComplete((known, failure) -> settle(claim));
        } else { // nobody has asked for this member yet: there is nothing to bring up to date
            inbox.settle(claim.due, now, now, now);
        }
    }

    private void renew(Claim claim, Instant now) {
        synchronized (claim) {
            if (underWay.contains(claim) && claim.until.isBefore(now.plus(RENEWED_BEFORE))) {
                Instant until = now.plus(TAKEN_OVER_AFTER);
                inbox.postpone(claim.due, claim.until, until);
                claim.until = until;
            }
        }
    }

    /** A fetch under way before the event was told does not count: the store knows when the last one began. */
    private void settle(Claim claim) {
        SahhaInboxStore.Due due = claim.due;
        synchronized (claim) {
            try {
                Instant now = clock.instant();
                Instant begun = store.refreshed(due.who())
                        .get(new SahhaStore.RefreshKey(
                                due.kind().word(), Span.recent(clock).name()));
                inbox.settle(due, begun, now.minus(GIVEN_UP), now);
                inbox.postpone(due, claim.until, now.plus(AGAIN));
            } catch (RuntimeException e) { // due again when the claim is over
                log.warn("event=webhook_not_settled provider=sahha cause=\"{}\"", WhatFailed.inWords(e));
            } finally {
                underWay.remove(claim);
            }
        }
    }

    private void workQuietly() {
        try {
            work();
        } catch (RuntimeException e) { // the next beat tries again; a task that throws would be the last
            log.warn("event=inbox_not_worked provider=sahha cause=\"{}\"", WhatFailed.inWords(e));
        }
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "sahha-inbox");
        thread.setDaemon(true);
        return thread;
    }
}
