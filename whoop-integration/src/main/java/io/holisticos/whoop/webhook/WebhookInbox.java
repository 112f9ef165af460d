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
import io.holisticos.whoop.sync.Change;
import io.holisticos.whoop.sync.News;
import io.holisticos.whoop.sync.Noted;
import io.holisticos.whoop.webhook.InboxStore.Outcome;
import io.holisticos.whoop.webhook.InboxStore.Parked;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps events until they have become changes. An event is stored once however often and at however many replicas it
 * arrives, and by the same statement becomes a change of its member, or waits for a member to connect. Thread-safe.
 */
public final class WebhookInbox {

    private static final Logger log = LoggerFactory.getLogger(WebhookInbox.class);

    private static final String PURPOSE = "whoop.webhook";
    private static final String SWEEP = "whoop-inbox-sweep";

    private static final int OWNERS_KNOWN = 100_000;

    /** Parked events that are turned into changes in one transaction. */
    private static final int AT_ONCE = 200;

    private final InboxStore store;
    private final Jdbi jdbi;
    private final Members members;
    private final WebhookConfiguration configuration;
    private final Clock clock;

    /** Whose account it was when it was asked for; whoever stores by it finds out whether it still is. */
    private final Cache<Long, UserId> owners =
            Caffeine.newBuilder().maximumSize(OWNERS_KNOWN).build();

    /**
     * Whose events these are, who may read them, and who acts on them.
     *
     * @param ownerOf whose WHOOP account this is, while it is connected
     */
    public record Members(LongFunction<Optional<UserId>> ownerOf, Vault vault, ChangeList changes) {}

    public WebhookInbox(Jdbi database, Members members, WebhookConfiguration configuration, Clock clock) {
        this.store = new InboxStore(database);
        this.jdbi = database;
        this.members = members;
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
        return storeForNobody(event, body, Outcome.UNKNOWN_TYPE, WebhookOutcome.UNKNOWN_TYPE);
    }

    private WebhookOutcome storeKnown(WhoopEvent event, byte[] body) {
        OptionalLong account = event.whoopUserId();
        UserId before = account.isPresent() ? owners.getIfPresent(account.getAsLong()) : null;
        if (before != null) {
            WebhookOutcome outcome = storeFor(before, event, body, InboxStore::notedIfTheirs);
            if (outcome != WebhookOutcome.DUPLICATE) {
                return outcome;
            }
        }
        // nobody asked yet, or it was told before, or the account is another's now
        return ownerOf(account)
                .map(who -> storeFor(who, event, body, InboxStore::noted))
                .orElseGet(() -> storeForNobody(event, body, Outcome.PARKED, WebhookOutcome.PARKED));
    }

    /** How an event is kept. */
    @FunctionalInterface
    private interface Keeping {
        News of(WhoopEvent event, UserId who, byte[] bodySealed, Instant now);
    }

    private WebhookOutcome storeForNobody(WhoopEvent event, byte[] body, Outcome outcome, WebhookOutcome ifFresh) {
        byte[] sealed = members.vault().sealForNobody(PURPOSE, body);
        return store.save(event, sealed, outcome, clock.instant()) ? ifFresh : WebhookOutcome.DUPLICATE;
    }

    private WebhookOutcome storeFor(UserId who, WhoopEvent event, byte[] body, Keeping keeping) {
        byte[] sealed = members.vault().seal(who, PURPOSE, body); // may read the member's key, so before the statement
        Instant now = clock.instant();
        Change change = event.change(now).orElseThrow();
        Noted noted = jdbi.withHandle(
                handle -> members.changes().note(handle, who, change, keeping.of(event, who, sealed, now)));
        if (!noted.isNews()) {
            return WebhookOutcome.DUPLICATE;
        }
        if (!noted.isAwake()) {
            wake(who);
        }
        return WebhookOutcome.STORED;
    }

    private Optional<UserId> ownerOf(OptionalLong whoopUserId) {
        if (whoopUserId.isEmpty()) {
            return Optional.empty();
        }
        long account = whoopUserId.getAsLong();
        Optional<UserId> owner = members.ownerOf().apply(account);
        owner.ifPresentOrElse(who -> owners.put(account, who), () -> owners.invalidate(account));
        return owner;
    }

    /** What is stored is acknowledged, whether its member could be woken or not: the sweep comes by again. */
    private void wake(UserId who) {
        try {
            members.changes().wake(who);
        } catch (HealthError e) {
            log.warn(
                    "event=member_not_woken provider=whoop member={} kind={} cause=\"{}\"",
                    inLogs(who),
                    e.kind(),
                    WhatFailed.inWords(e));
        }
    }

    /** Events that came before the member did become changes. What fails here is for the next sweep. */
    public void replayParked(UserId who, long whoopUserId) {
        try {
            int all = 0;
            for (int some = AT_ONCE; some == AT_ONCE; all += some) {
                some = replaySome(who, whoopUserId);
            }
            if (all > 0) {
                log.info("event=webhooks_replayed provider=whoop member={} count={}", inLogs(who), all);
                wake(who);
            }
        } catch (JdbiException | HealthError e) {
            log.warn(
                    "event=webhooks_not_replayed provider=whoop member={} cause=\"{}\"",
                    inLogs(who),
                    WhatFailed.inWords(e));
        }
    }

    private int replaySome(UserId who, long whoopUserId) {
        members.vault().seal(who, PURPOSE, ""); // the key is read, or made, before the transaction holds a connection
        return jdbi.inTransaction(handle -> {
            Instant now = clock.instant();
            List<Parked> parked = store.lockParked(handle, whoopUserId, AT_ONCE);
            for (Parked event : parked) {
                Change change = event.event().change(event.receivedAt()).orElseThrow(); // others are not parked
                byte[] sealed = sealedFor(who, event);
                members.changes().note(handle, who, change, InboxStore.unparked(event, who, sealed, now));
            }
            return parked.size();
        });
    }

    /** An event tells what it tells even where the copy of its body does not open: that one is kept as it is. */
    private byte[] sealedFor(UserId who, Parked event) {
        try {
            byte[] body = members.vault().openForNobody(PURPOSE, event.bodySealed());
            return members.vault().seal(who, PURPOSE, body);
        } catch (Vault.Unreadable e) {
            log.error("event=webhook_body_unreadable provider=whoop member={}", inLogs(who));
            return event.bodySealed();
        }
    }

    /** What is done by the clock; to be given to {@link io.holisticos.jobs.Jobs}. */
    public List<RecurringTask<?>> recurringTasks() {
        return List.of(
                Tasks.recurring(SWEEP, FixedDelay.of(configuration.sweepEvery.toJavaDuration()))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> sweep()),
                Tasks.recurring("whoop-inbox-purge", FixedDelay.ofHours(6))
                        .onDeadExecution(new TakeOver<>(clock))
                        .execute((instance, context) -> purge()));
    }

    /** A process that starts looks at once at what another may have left lying. */
    public void sweepSoon(SchedulerClient jobs) {
        try {
            jobs.reschedule(TaskInstanceId.of(SWEEP, RecurringTask.INSTANCE), clock.instant());
        } catch (
                RuntimeException
                        e) { // not on the list yet, at work already, or the database is away: its turn will come
            log.debug("event=sweep_not_hastened reason={}", e.toString());
        }
    }

    /**
     * Turns into changes what was parked while its member connected. Members whose changes are listed and who were not
     * woken are looked for by the synchronizer itself.
     */
    void sweep() {
        for (long account : store.parkedAccounts()) {
            ownerOf(OptionalLong.of(account)).ifPresent(who -> replayParked(who, account));
        }
    }

    void purge() {
        Instant now = clock.instant();
        int gone = store.purge(
                now.minus(configuration.keepFor.toJavaDuration()), now.minus(configuration.parkFor.toJavaDuration()));
        log.info("event=inbox_purged provider=whoop count={}", gone);
    }

    private String inLogs(UserId who) {
        return members.vault().inLogs(who);
    }

    /** Forgets everything that was ever told of the member and this account. Returns the rows that went. */
    public int erase(UserId who, long whoopUserId) {
        return store.erase(who, whoopUserId);
    }
}
