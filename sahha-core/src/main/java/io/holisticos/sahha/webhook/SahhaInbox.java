package io.holisticos.sahha.webhook;

import io.holisticos.database.Idempotent;
import io.holisticos.health.WhatFailed;
import io.holisticos.sahha.data.RefreshMarkStore;
import io.holisticos.sahha.data.RelayedSources;
import io.holisticos.sahha.data.SahhaEvent;
import io.holisticos.sahha.data.SahhaInboxStore;
import io.holisticos.sahha.data.SahhaInboxStore.DueRefresh;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.sahha.refresh.FetchSpan;
import io.holisticos.sahha.refresh.SahhaRefresh;
import io.holisticos.web.WebhookOutcome;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
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
 * Stores Sahha's events, and fetches what they tell of. Sahha sends many (observed: some 470 a day for one profile), so
 * all events of one member and kind within a pause cause one fetch. Thread-safe, and safe beside other replicas.
 */
public final class SahhaInbox {

    private static final Logger log = LoggerFactory.getLogger(SahhaInbox.class);

    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A claim ends after this time unless it is extended; another replica may then claim the same refresh. */
    private static final Duration CLAIM_DURATION = Duration.ofSeconds(25);

    /** A claim is extended when less than this is left: several intervals, each of which may be late. */
    private static final Duration EXTEND_BEFORE = Duration.ofSeconds(15);

    /** A fetch that failed is tried again after this. */
    private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

    /** Events older than this are completed without a fetch: the next reader finds the rows cold and fetches anyway. */
    private static final Duration TOO_OLD = Duration.ofHours(24);

    private static final Duration KEEP_COMPLETED = Duration.ofDays(7);
    private static final int KEEP_LOGS_DAYS = 40;
    private static final Duration KEEP_CHANGES = Duration.ofDays(30);
    private static final Duration PURGE_INTERVAL = Duration.ofHours(6);

    /** How many refreshes are claimed in one interval at most; most of them may be of members without rows. */
    private static final int MAX_CLAIMS = 500;

    private final SahhaStores deliveries;
    private final SahhaStores work;
    private final SahhaRefresh refresh;
    private final Rules rules;
    private final Clock clock;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(SahhaInbox::daemon);
    private final Set<Claim> underWay = ConcurrentHashMap.newKeySet();
    private volatile Instant purged = Instant.EPOCH;

    /**
     * The same stores over two pools.
     *
     * @param deliveries with the limits of callers who wait for an answer
     * @param work for work in the background
     */
    public record Pools(SahhaStores deliveries, SahhaStores work) {}

    /**
     * How events become fetches.
     *
     * @param pause all events of a member and kind within this time cause one fetch
     * @param freshFor the age from which on every reader waits for a refresh
     * @param maxFetches how many fetches run at a time
     * @param relayed sources of ours that data logs name
     */
    public record Rules(Duration pause, Duration freshFor, int maxFetches, RelayedSources relayed) {}

    /** A refresh that this replica runs, and until when no other replica does. */
    private static final class Claim {

        private final DueRefresh due;
        private Instant until;

        private Claim(DueRefresh due, Instant until) {
            this.due = due;
            this.until = until;
        }
    }

    public SahhaInbox(Pools pools, SahhaRefresh refresh, Rules rules, Clock clock) {
        this.deliveries = pools.deliveries();
        this.work = pools.work();
        this.refresh = refresh;
        this.rules = rules;
        this.clock = clock;
    }

    public void start() {
        ScheduledFuture<?> unused = timer.scheduleWithFixedDelay(
                this::workAndLog, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    public void stop() {
        timer.shutdownNow();
    }

    /** Stores the events durably. */
    WebhookOutcome store(byte[] body, List<SahhaEvent> events) {
        try {
            SahhaInboxStore.Delivery delivery = new SahhaInboxStore.Delivery(
                    clock.instant(),
                    rules.pause(),
                    rules.freshFor(),
                    rules.relayed().names());
            if (Idempotent.work(() -> deliveries.inbox().save(sha256(body), events, delivery)) == 0) {
                return WebhookOutcome.DUPLICATE;
            }
            return SahhaEventParser.isKnownType(events.get(0)) ? WebhookOutcome.STORED : WebhookOutcome.UNKNOWN_TYPE;
        } catch (JdbiException e) { // without its message, which may quote what was bound
            log.error("event=webhook_not_stored provider=sahha cause=\"{}\"", WhatFailed.inWords(e));
            return WebhookOutcome.UNAVAILABLE;
        }
    }

    /** Begins the refreshes that are due, and extends the claims of those under way. */
    void work() {
        Instant now = clock.instant();
        underWay.forEach(claim -> extend(claim, now));
        begin(now);
        if (now.isAfter(purged.plus(PURGE_INTERVAL))) {
            purged = now;
            work.inbox().purge(now.minus(KEEP_COMPLETED));
            work.profiles().deleteUnknown();
            work.logs()
                    .prune(
                            LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(KEEP_LOGS_DAYS),
                            rules.relayed().names());
            work.changes().prune(now.minus(KEEP_CHANGES), now);
            work.rows().makePartitions(now);
        }
    }

    /** Claims no more refreshes than may run at a time: another replica may begin the others. */
    private void begin(Instant now) {
        int claimed = 0;
        List<DueRefresh> found;
        do {
            int most = Math.min(rules.maxFetches() - underWay.size(), MAX_CLAIMS - claimed);
            if (most <= 0) {
                return;
            }
            Instant until = now.plus(CLAIM_DURATION);
            found = work.inbox().claim(now, until, most);
            found.forEach(due -> begin(new Claim(due, until), now));
            claimed += found.size();
        } while (!found.isEmpty());
    }

    private void begin(Claim claim, Instant now) {
        if (work.rows().hasRows(claim.due.who())) {
            underWay.add(claim);
            var unused = refresh.start(claim.due.who(), claim.due.kind(), FetchSpan.recent(clock))
                    .whenComplete((fetched, failure) -> complete(claim));
        } else { // nobody has asked for this member yet, so there is nothing to bring up to date
            work.inbox().complete(claim.due, now, now, now);
        }
    }

    private void extend(Claim claim, Instant now) {
        synchronized (claim) {
            if (underWay.contains(claim) && claim.until.isBefore(now.plus(EXTEND_BEFORE))) {
                Instant until = now.plus(CLAIM_DURATION);
                work.inbox().postpone(claim.due, claim.until, until);
                claim.until = until;
            }
        }
    }

    /** Completes the events that came before the last fetch began. */
    private void complete(Claim claim) {
        DueRefresh due = claim.due;
        synchronized (claim) {
            try {
                Instant now = clock.instant();
                Instant begun = work.marks()
                        .of(due.who())
                        .at(due.kind(), RefreshMarkStore.RECENT)
                        .orElse(null);
                work.inbox().complete(due, begun, now.minus(TOO_OLD), now);
                work.inbox().postpone(due, claim.until, now.plus(RETRY_AFTER));
            } catch (RuntimeException e) { // due again when the claim ends
                log.warn("event=webhook_not_settled provider=sahha cause=\"{}\"", WhatFailed.inWords(e));
            } finally {
                underWay.remove(claim);
            }
        }
    }

    private void workAndLog() {
        try {
            work();
        } catch (RuntimeException e) { // the next interval tries again; a timer ends after a task that throws
            log.warn("event=inbox_not_worked provider=sahha cause=\"{}\"", WhatFailed.inWords(e));
        }
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
