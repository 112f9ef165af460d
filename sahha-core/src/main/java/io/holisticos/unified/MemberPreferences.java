package io.holisticos.unified;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.Preferences;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.NoticeListener;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The preferences of members, from memory. Who has some is known by name, so a member who has none costs no statement; those of
 * others are read at their first use, and again when a notice says that they changed. While the database does not answer,
 * what was read last is used, and for those who were never read: no preferences. Thread-safe.
 */
final class MemberPreferences {

    private static final Logger log = LoggerFactory.getLogger(MemberPreferences.class);

    /** A few megabytes of names; beyond it, members are looked up one by one. */
    static final int MOST_NAMES = 100_000;

    private static final int MOST_PREFERENCES = 10_000;

    /** How long what was read is fresh, though the table's trigger tells of every change. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** How long while no notices arrive: half of the two seconds within which every replica must see a change. */
    private static final Duration FRESH_WITHOUT_NOTICES = Duration.ofSeconds(1);

    /** After the database did not answer, one reader tries it this often, so that not every reader waits for it. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** Longer than anything is fresh. */
    private static final long EXPIRED = Duration.ofHours(1).toNanos();

    private final PreferenceStore store;
    private final Clock clock;
    private final int mostNames;
    private final LongSupplier nanoTime;
    private final AtomicLong changes = new AtomicLong();
    private final Cache<UserId, Known> known =
            Caffeine.newBuilder().maximumSize(MOST_PREFERENCES).build();

    private volatile BooleanSupplier noticesArrive = () -> false;

    /** Everybody who may have preferences; null while that is not known. */
    private volatile @Nullable Set<UserId> members;

    private volatile boolean tooMany;

    /** When the database was tried last and did not answer, or has not yet; null while it answers. */
    private final AtomicReference<@Nullable Long> triedAtNanos = new AtomicReference<>();

    private record Known(Preferences preferences, long atNanos) {

        Known expired() {
            return new Known(preferences, atNanos - EXPIRED);
        }

        boolean isNone() {
            return preferences.equals(Preferences.NONE);
        }
    }

    MemberPreferences(PreferenceStore store, Clock clock) {
        this(store, clock, MOST_NAMES, System::nanoTime);
    }

    /** @param mostNames with more members who have preferences, members are looked up one by one */
    MemberPreferences(PreferenceStore store, Clock clock, int mostNames, LongSupplier nanoTime) {
        this.store = store;
        this.clock = clock;
        this.mostNames = mostNames;
        this.nanoTime = nanoTime;
    }

    /** From now on, a change on one replica is seen by all. */
    void listenTo(ChangeNotices notices) {
        noticesArrive = notices::areHeard;
        notices.listen(PreferenceStore.TOPIC, new NoticeListener() {
            @Override
            public void changed(String member) {
                forget(new UserId(member));
            }

            @Override
            public void missed() {
                changes.incrementAndGet();
                members = null;
                tooMany = false;
                known.asMap().replaceAll((who, entry) -> entry.expired());
                readMembers();
            }
        });
    }

    /** What the member wants. Never fails, and asks the database only when it has to. */
    Preferences of(UserId who) {
        return wishesOf(who).preferences();
    }

    /** The same, and whether that is certain. */
    Wishes wishesOf(UserId who) {
        Known entry = known.getIfPresent(who);
        if ((entry == null || entry.isNone()) && hasNone(who)) {
            return Wishes.NONE;
        }
        if (entry != null && isFresh(entry)) {
            return new Wishes(entry.preferences(), true);
        }
        return mayTry() ? lookUp(who) : lastKnown(entry);
    }

    /** What the table holds. */
    Preferences read(UserId who) {
        return store.read(who);
    }

    /** Replaces the member's preferences on all replicas, and on this one at once. */
    void save(UserId who, Preferences wanted) {
        if (store.save(who, wanted, clock.instant())) {
            forget(who);
            known.put(who, new Known(wanted, nanoTime.getAsLong()).expired()); // should the database go away now
        }
    }

    private void forget(UserId who) {
        changes.incrementAndGet();
        Set<UserId> named = members;
        if (named != null) {
            named.add(who);
        }
        known.asMap().computeIfPresent(who, (member, entry) -> entry.expired());
    }

    private boolean hasNone(UserId who) {
        Set<UserId> named = members;
        return named != null && noticesArrive.getAsBoolean() && !named.contains(who);
    }

    /** While the database does not answer, only for the one reader whose turn it is. */
    private boolean mayTry() {
        Long triedAt = triedAtNanos.get();
        if (triedAt == null) {
            return true;
        }
        long now = nanoTime.getAsLong();
        return now - triedAt >= PAUSE.toNanos() && triedAtNanos.compareAndSet(triedAt, now);
    }

    private static Wishes lastKnown(@Nullable Known entry) {
        return new Wishes(entry == null ? Preferences.NONE : entry.preferences(), false);
    }

    private Wishes lookUp(UserId who) {
        try {
            Preferences found = remember(who);
            findMembers();
            triedAtNanos.set(null);
            return new Wishes(found, true);
        } catch (RuntimeException e) { // an answer without the member's order is better than none
            triedAtNanos.set(nanoTime.getAsLong());
            log.warn("event=preferences_not_read using=last_known cause=\"{}\"", WhatFailed.inWords(e));
            return lastKnown(known.getIfPresent(who));
        }
    }

    /**
     * Keeps what was read, unless a notice arrived or preferences were saved meanwhile: these replace the entry, so that the next
     * reader looks again. For that, there has to be an entry before the table is read.
     */
    private Preferences remember(UserId who) {
        Known before = known.get(who, any -> new Known(Preferences.NONE, nanoTime.getAsLong()).expired());
        Preferences found = store.read(who);
        known.asMap().replace(who, before, new Known(found, nanoTime.getAsLong()));
        return found;
    }

    /** Reads who has preferences, unless that is known. If a notice arrives meanwhile, the next reader tries again. */
    private void findMembers() {
        if (members != null || tooMany || !noticesArrive.getAsBoolean()) {
            return;
        }
        readMembers();
    }

    private void readMembers() {
        long changesBefore = changes.get();
        Set<UserId> found = ConcurrentHashMap.newKeySet();
        found.addAll(store.members(mostNames + 1));
        tooMany = found.size() > mostNames;
        members = tooMany ? null : found;
        if (changes.get() != changesBefore) {
            members = null;
        }
    }

    private boolean isFresh(Known entry) {
        Duration fresh = noticesArrive.getAsBoolean() ? FRESH : FRESH_WITHOUT_NOTICES;
        return nanoTime.getAsLong() - entry.atNanos() < fresh.toNanos();
    }
}
