package io.holisticos.sahha.refresh;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError;
import io.holisticos.health.SingleFlight;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.sahha.data.ProfileCheckStore;
import io.holisticos.sahha.data.ProfileCheckStore.ProfileCheck;
import io.holisticos.sahha.data.SahhaStores;
import io.holisticos.sahha.data.StoreCommand;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which ids Sahha knows: by the rows in the database, by what Sahha said within a day, or by asking Sahha. Callers' ids may
 * be any text, so an id that we know nothing of is a stranger. Strangers are asked for with a budget of their own, and ids
 * that Sahha does not know are kept in memory only. However many ids are tried, members are answered and no table grows.
 * Thread-safe.
 */
public final class Profiles {

    private static final Logger log = LoggerFactory.getLogger(Profiles.class);

    /** What Sahha said of an id is valid for a day. */
    private static final Duration VALID = Duration.ofDays(1);

    /** How many ids that Sahha does not know are kept in memory. */
    private static final int MAX_UNKNOWN = 10_000;

    /** How long one request may take, however short its callers wait. */
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    /** How long saving an answer may take. */
    private static final Duration SAVE_TIMEOUT = Duration.ofSeconds(1);

    private final ProfileLane members;
    private final ProfileLane strangers;
    private final StoreCommand stores;
    private final Clock clock;
    private final Cache<UserId, Instant> unknown;
    private final SingleFlight<UserId, Boolean> requests = new SingleFlight<>(who -> {});
    private volatile Predicate<UserId> knownElsewhere = who -> false;

    /**
     * @param members asks for ids of members
     * @param strangers asks for all other ids
     */
    public Profiles(ProfileLane members, ProfileLane strangers, StoreCommand stores, Clock clock) {
        this.members = members;
        this.strangers = strangers;
        this.stores = stores;
        this.clock = clock;
        this.unknown = Caffeine.newBuilder()
                .maximumSize(MAX_UNKNOWN)
                .expireAfterWrite(VALID)
                .ticker(() -> nanosOf(clock.instant()))
                .build();
    }

    /** What we know of an id without asking Sahha. */
    private enum Knowledge {
        /** Sahha knows it. */
        KNOWN,
        /** Sahha does not know it. */
        UNKNOWN,
        /** Sahha knew it, and has to be asked again. */
        MEMBER,
        /** Nothing. */
        STRANGER
    }

    /** Ids that another source knows are members, too. */
    public void alsoMembers(Predicate<UserId> knownToAnotherSource) {
        knownElsewhere = knownToAnotherSource;
    }

    /**
     * Whether Sahha knows this id, for readers, whose callers may send any text. Sahha is asked where it has not told within a day.
     *
     * @return the answer to come; fails with a {@link HealthError} when Sahha cannot be asked
     * @throws HealthError when the database cannot be read
     */
    CompletableFuture<Boolean> ask(UserId who, Deadline deadline) {
        return switch (stores.read(deadline, all -> knowledge(all, who))) {
            case KNOWN -> CompletableFuture.completedFuture(true);
            case UNKNOWN -> CompletableFuture.completedFuture(false);
            case MEMBER -> ask(members, who);
            case STRANGER -> ask(knownElsewhere.test(who) ? members : strangers, who);
        };
    }

    /**
     * The same, and waits for the answer.
     *
     * @throws HealthError when Sahha or the database cannot be asked
     */
    public boolean knows(UserId who, Deadline deadline) {
        return FetchResult.await(ask(who, deadline), deadline);
    }

    /**
     * Whether Sahha still knows an id that was known when a reader asked, for a fetch in the background.
     *
     * @throws HealthError when Sahha or the database cannot be asked
     */
    boolean stillKnows(UserId who, Deadline deadline) {
        return switch (stores.read(deadline, all -> knowledge(all, who))) {
            case KNOWN -> true;
            case UNKNOWN -> false;
            case MEMBER, STRANGER -> fetched(members.api(), who);
        };
    }

    private Knowledge knowledge(SahhaStores all, UserId who) {
        if (all.rows().hasRows(who)) {
            return Knowledge.KNOWN;
        }
        Optional<ProfileCheck> check = all.profiles().find(who).filter(ProfileCheck::known);
        if (check.isPresent()) {
            return isValid(check.get().checkedAt()) ? Knowledge.KNOWN : Knowledge.MEMBER;
        }
        Instant unknownSince = unknown.getIfPresent(who);
        if (unknownSince == null) {
            return Knowledge.STRANGER;
        }
        return all.inbox().hasNamed(who, unknownSince) ? Knowledge.MEMBER : Knowledge.UNKNOWN;
    }

    private boolean isValid(Instant checkedAt) {
        return clock.instant().isBefore(checkedAt.plus(VALID));
    }

    /** Whoever asks for the same id waits for the same answer. */
    private CompletableFuture<Boolean> ask(ProfileLane lane, UserId who) {
        return requests.begin(who, answer -> lane.ask(api -> fetched(api, who), answer));
    }

    /** Asks Sahha, and keeps the answer for a day: in the table when Sahha knows the id, else in memory. */
    private boolean fetched(SahhaApi api, UserId who) {
        Instant asked = clock.instant();
        boolean known = api.fetchProfile(who, Deadline.after(REQUEST_TIMEOUT));
        if (known) {
            unknown.invalidate(who);
            save(profiles -> profiles.saveKnown(who, clock.instant()));
        } else {
            unknown.put(who, asked);
            save(profiles -> profiles.delete(who));
        }
        return known;
    }

    /** Saves the answer, or gives up soon: Sahha is then asked once more. */
    private void save(Consumer<ProfileCheckStore> saving) {
        boolean saved = stores.read(
                Deadline.after(SAVE_TIMEOUT),
                all -> {
                    saving.accept(all.profiles());
                    return true;
                },
                error -> false);
        if (!saved) {
            log.debug("event=sahha_profile_check_not_saved");
        }
    }

    private static long nanosOf(Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }
}
