package io.holisticos.sahha;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom Sahha knows: by what is held, by what Sahha said within a day, or by asking. Callers' ids may be any text. So an id
 * that nothing here tells of, a stranger's, is asked for from a budget of its own or not at all, and that there is nobody by
 * it is kept in memory only: however many are tried, members are answered and no table grows. Thread-safe.
 */
final class Profiles {

    private static final Logger log = LoggerFactory.getLogger(Profiles.class);

    /** What Sahha said of an id holds for a day. */
    private static final Duration HOLDS = Duration.ofDays(1);

    /** Ids remembered to be nobody's; those asked for often stay. */
    private static final int MOST_NOBODIES = 10_000;

    /** What one question may take, however impatient who asks. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What keeping an answer may take. */
    private static final Duration SAVING = Duration.ofSeconds(1);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final ProfileLane members;
    private final ProfileLane strangers;
    private final StoreReads rows;
    private final Clock clock;
    private final Cache<UserId, Instant> nobodies;
    private final ConcurrentMap<UserId, CompletableFuture<Boolean>> asking = new ConcurrentHashMap<>();
    private volatile Predicate<UserId> others = who -> false;

    /**
     * @param members the way to ask for ids that are ours
     * @param strangers the way to ask for others
     */
    Profiles(ProfileLane members, ProfileLane strangers, StoreReads rows, Clock clock) {
        this.members = members;
        this.strangers = strangers;
        this.rows = rows;
        this.clock = clock;
        this.nobodies = Caffeine.newBuilder()
                .maximumSize(MOST_NOBODIES)
                .expireAfterWrite(HOLDS)
                .ticker(() -> nanosOf(clock.instant()))
                .build();
    }

    /** What can be told of an id without asking Sahha. */
    private enum Held {
        KNOWN,
        NOBODY,
        /** Somebody of ours, of whom Sahha has to be asked again. */
        OURS,
        STRANGER
    }

    /** Whom others of ours know, by a connection for example, is no stranger. */
    void alsoOurs(Predicate<UserId> known) {
        others = known;
    }

    /**
     * Whether anybody is known by this id: for readers, who may have it from anybody.
     *
     * @throws HealthError when it cannot be told
     */
    boolean knows(UserId who, Deadline deadline) {
        return switch (rows.read(deadline, read -> held(read, who))) {
            case KNOWN -> true;
            case NOBODY -> false;
            case OURS -> joined(ask(members, who), deadline);
            case STRANGER -> joined(ask(others.test(who) ? members : strangers, who), deadline);
        };
    }

    /**
     * The same in the background, for an id that readers were told is known.
     *
     * @throws HealthError when it cannot be told
     */
    boolean stillKnows(UserId who, Deadline deadline) {
        return switch (rows.read(deadline, read -> held(read, who))) {
            case KNOWN -> true;
            case NOBODY -> false;
            case OURS, STRANGER -> fetched(members.api(), who);
        };
    }

    private Held held(SahhaStore read, UserId who) {
        if (read.holdsAnything(who)) {
            return Held.KNOWN;
        }
        Optional<SahhaStore.ProfileCheck> check = read.profileCheck(who).filter(SahhaStore.ProfileCheck::known);
        if (check.isPresent()) {
            return isCurrent(check.get().checkedAt()) ? Held.KNOWN : Held.OURS;
        }
        Instant nobodySince = nobodies.getIfPresent(who);
        if (nobodySince == null) {
            return Held.STRANGER;
        }
        return read.wasTold(who, nobodySince) ? Held.OURS : Held.NOBODY;
    }

    private boolean isCurrent(Instant checkedAt) {
        return clock.instant().isBefore(checkedAt.plus(HOLDS));
    }

    /** Whoever wants to know the same waits for the same answer. */
    private CompletableFuture<Boolean> ask(ProfileLane lane, UserId who) {
        CompletableFuture<Boolean> ours = new CompletableFuture<>();
        CompletableFuture<Boolean> flying = asking.putIfAbsent(who, ours);
        if (flying != null) {
            return flying;
        }
        CompletableFuture<Boolean> landed = ours.whenComplete((known, failure) -> asking.remove(who, ours));
        lane.ask(api -> fetched(api, who), ours);
        return landed;
    }

    /** What Sahha says now, which then holds for a day: in the table for who is there, in memory for who is not. */
    private boolean fetched(SahhaApi api, UserId who) {
        Instant asked = clock.instant();
        boolean known = api.fetchProfile(who, Deadline.after(PATIENCE));
        if (known) {
            nobodies.invalidate(who);
            remember(held -> held.saveProfile(who, clock.instant()));
        } else {
            nobodies.put(who, asked);
            remember(held -> held.forgetProfile(who));
        }
        return known;
    }

    /** By the way of whoever waits, which gives up soon. Where it cannot be remembered, Sahha is asked once more. */
    private void remember(Consumer<SahhaStore> saying) {
        boolean saved = rows.read(
                Deadline.after(SAVING),
                held -> {
                    saying.accept(held);
                    return true;
                },
                error -> false);
        if (!saved) {
            log.debug("event=sahha_profile_check_not_saved");
        }
    }

    private static boolean joined(CompletableFuture<Boolean> flight, Deadline deadline) {
        try {
            return flight.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HealthError error) {
                throw error;
            }
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        } catch (TimeoutException e) {
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        }
    }

    private static long nanosOf(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
}
