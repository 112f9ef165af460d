package io.holisticos.whoop.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstanceId;
import com.github.kagkarlsson.scheduler.task.helper.RecurringTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import io.holisticos.database.Idempotent;
import io.holisticos.health.HealthError;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.jobs.TakeOver;
import io.holisticos.vault.Vault;
import io.holisticos.web.WebhookOutcome;
import io.holisticos.whoop.sync.ReceivedEvent;
import io.holisticos.whoop.sync.RecordEventStore;
import io.holisticos.whoop.sync.RecordEventStore.Reason;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whose an event is, seals its body and keeps it. An event is kept once, however often and at however many replicas
 * it arrives; the same statement sees to it that its record is read. An event whose member is not known waits until the
 * member connects. Thread-safe.
 */
public final class WebhookInbox {

    private static final Logger log = LoggerFactory.getLogger(WebhookInbox.class);

    private static final String PURPOSE = "whoop.webhook";
    private static final String SWEEP = "whoop-inbox-sweep";

    private static final int OWNERS_KNOWN = 100_000;

    /** Parked events that are released in one transaction. */
    private static final int AT_ONCE = 200;

    private final RecordEventStore events;
    private final Vault vault;
    private final WebhookConfiguration configuration;
    private final Clock clock;

    /** Whose account it was when this was last looked up; the statement that keeps an event checks that it still is. */
    private final Cache<Long, UserId> owners =
            Caffeine.newBuilder().maximumSize(OWNERS_KNOWN).build();

    public WebhookInbox(RecordEventStore events, Vault vault, WebhookConfiguration configuration, Clock clock) {
        this.events = events;
        this.vault = vault;
        this.configuration = configuration;
        this.clock = clock;
    }

    /** Returns once the event is durable, or says why it is not. */
    WebhookOutcome store(WhoopEvent event, byte[] body) {
        try {
            return Idempotent.work(() -> event.isKnownType() ? storeKnown(event, body) : storeUnknown(event, body));
        } catch (HealthError e) {
            log.warn("event=webhook_not_stored provider=whoop kind={} cause=\"{}\"", e.kind(), WhatFailed.inWords(e));
            return WebhookOutcome.UNAVAILABLE;
        } catch (JdbiException e) { // without its message, which may quote the statement's arguments
            log.error("event=webhook_not_stored provider=whoop cause=\"{}\"", WhatFailed.inWords(e));
            return WebhookOutcome.UNAVAILABLE;
        }
    }

    private WebhookOutcome storeUnknown(WhoopEvent event, byte[] body) {
        return storeForNobody(event, body, Reason.UNKNOWN_TYPE, WebhookOutcome.UNKNOWN_TYPE);
    }

    private WebhookOutcome storeKnown(WhoopEvent event, byte[] body) {
        long account = event.whoopUserId().orElseThrow(); // WHOOP's events all have one
        UserId known = owners.getIfPresent(account);
        return Optional.ofNullable(known)
                .flatMap(who -> storeFor(who, event, body))
                .orElseGet(() -> findOwner(account)
                        .map(who -> storeFor(who, event, body)
                                .orElse(WebhookOutcome.UNAVAILABLE)) // it changed hands just now: WHOOP sends it again
                        .orElseGet(() -> storeForNobody(event, body, Reason.PARKED, WebhookOutcome.PARKED)));
    }

    /** Empty when the account is not this member's. */
    private Optional<WebhookOutcome> storeFor(UserId who, WhoopEvent event, byte[] body) {
        byte[] sealed = vault.seal(who, PURPOSE, body); // may read the member's key, so before the statement
        Instant now = clock.instant();
        return switch (events.keep(
                event.received(sealed, now), who, event.recordEvent(now).orElseThrow())) {
            case KEPT -> Optional.of(WebhookOutcome.STORED);
            case DUPLICATE -> Optional.of(WebhookOutcome.DUPLICATE);
            case NOT_THEIRS -> Optional.empty();
        };
    }

    private WebhookOutcome storeForNobody(WhoopEvent event, byte[] body, Reason reason, WebhookOutcome ifNew) {
        byte[] sealed = vault.sealForNobody(PURPOSE, body);
        return events.keep(event.received(sealed, clock.instant()), reason) ? ifNew : WebhookOutcome.DUPLICATE;
    }

    private Optional<UserId> findOwner(long whoopUserId) {
        Optional<UserId> owner = events.findOwner(whoopUserId);
        owner.ifPresentOrElse(who -> owners.put(whoopUserId, who), () -> owners.invalidate(whoopUserId));
        return owner;
    }

    /** Releases the events that came before the member did. What fails here is left to the next sweep. */
    public void releaseParked(UserId who, long whoopUserId) {
        try {
            int all = 0;
            for (int some = AT_ONCE; some == AT_ONCE; all += some) {
                some = releaseSome(who, whoopUserId);
            }
            if (all > 0) {
                log.info("event=webhooks_replayed provider=whoop member={} count={}", vault.inLogs(who), all);
            }
        } catch (JdbiException | HealthError e) {
            log.warn(
                    "event=webhooks_not_replayed provider=whoop member={} cause=\"{}\"",
                    vault.inLogs(who),
                    WhatFailed.inWords(e));
        }
    }

    private int releaseSome(UserId who, long whoopUserId) {
        vault.seal(who, PURPOSE, ""); // the key is read, or made, before the transaction holds a connection
        return events.inTransaction(() -> {
            Instant now = clock.instant();
            List<ReceivedEvent> parked = events.lockParked(whoopUserId, AT_ONCE);
            for (ReceivedEvent one : parked) {
                WhoopEvent event = WhoopEvent.of(one);
                ReceivedEvent resealed = event.received(sealedFor(who, one), one.receivedAt());
                events.keepParked(
                        resealed, who, event.recordEvent(one.receivedAt()).orElseThrow(), now);
            }
            return parked.size();
        });
    }

    /** An event counts even if the copy of its body does not open: that copy is kept as it is. */
    private byte[] sealedFor(UserId who, ReceivedEvent event) {
        try {
            byte[] body = vault.openForNobody(PURPOSE, event.bodySealed());
            return vault.seal(who, PURPOSE, body);
        } catch (Vault.Unreadable e) {
            log.error("event=webhook_body_unreadable provider=whoop member={}", vault.inLogs(who));
            return event.bodySealed();
        }
    }

    /** The jobs that run by the clock; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        return List.of(
                Tasks.recurring(SWEEP, FixedDelay.of(configuration.sweepEvery.toJavaDuration()))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> sweep()),
                Tasks.recurring("whoop-inbox-purge", FixedDelay.ofHours(6))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> purge()));
    }

    /** A process that starts looks at once for parked events that another process may have left. */
    public void sweepSoon(SchedulerClient jobs) {
        try {
            jobs.reschedule(TaskInstanceId.of(SWEEP, RecurringTask.INSTANCE), clock.instant());
        } catch (
                RuntimeException
                        e) { // not on the list yet, being worked on, or the database is away: its turn will come
            log.debug("event=sweep_not_hastened reason={}", e.toString());
        }
    }

    /** Releases the events that were parked while their member connected. */
    void sweep() {
        for (long account : events.parkedAccounts()) {
            findOwner(account).ifPresent(who -> releaseParked(who, account));
        }
    }

    void purge() {
        Instant now = clock.instant();
        int gone = events.purgeInbox(
                now.minus(configuration.keepFor.toJavaDuration()), now.minus(configuration.parkFor.toJavaDuration()));
        log.info("event=inbox_purged provider=whoop count={}", gone);
    }

    /** Removes every event of the member and this account. Returns the rows that went. */
    public int erase(UserId who, long whoopUserId) {
        return events.erase(who, whoopUserId);
    }
}
