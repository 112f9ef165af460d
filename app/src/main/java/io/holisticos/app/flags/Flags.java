package io.holisticos.app.flags;

import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.Notice;
import io.holisticos.notice.NoticeListener;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.togglz.core.Feature;
import org.togglz.core.manager.FeatureManager;
import org.togglz.core.manager.FeatureManagerBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.StateRepository;
import org.togglz.core.user.NoOpUserProvider;

/**
 * Reads and sets flags. Every replica is notified of a change. While the database does not answer, every flag keeps the state
 * that was read last. Thread-safe.
 */
public final class Flags {

    private static final String TOPIC = "flag";

    /** How often flags are read while notices arrive. A change without a notice, such as by hand, is seen after this. */
    private static final Duration REFRESH_WITH_NOTICES = Duration.ofSeconds(30);

    /** How often while no notices arrive: half of the promised 2 s, so that a change just after a read is seen in time. */
    private static final Duration REFRESH_WITHOUT_NOTICES = Duration.ofSeconds(1);

    private static final String PERCENTAGE = "percentage";
    private static final String USERS = "users";

    private static final Logger log = LoggerFactory.getLogger(Flags.class);

    private final Jdbi database;
    private final ChangeNotices notices;
    private final FeatureManager manager;
    private final CachedStates states;

    /** Keeps the flags in table {@code feature_flag} of this database. */
    public Flags(DataSource database, ChangeNotices notices) {
        this.database = Jdbi.create(database);
        this.notices = notices;
        this.states = new CachedStates(FlagStore.reading(database), notices);
        this.manager = managerOf(states);
        notices.listen(TOPIC, new NoticeListener() {
            @Override
            public void changed(String name) {
                named(name).ifPresent(states::refresh);
            }

            @Override
            public void missed() {
                Stream.of(Flag.values()).forEach(states::refresh);
            }
        });
    }

    /**
     * Whether all of these flags are on for a member, as the database has them now. Where {@link #isOn} would answer from memory,
     * this fails: a command has none.
     */
    public static Predicate<UserId> allOn(DataSource database, Flag... flags) {
        FeatureManager manager = managerOf(FlagStore.reading(database));
        Map<Flag, FlagState> read = new EnumMap<>(Flag.class);
        for (Flag flag : flags) {
            read.put(flag, stateOf(manager.getFeatureState(flag)));
        }
        return who -> read.entrySet().stream().allMatch(each -> isOn(each.getKey(), each.getValue(), who));
    }

    private static FeatureManager managerOf(StateRepository states) {
        return new FeatureManagerBuilder()
                .name("unified-health")
                .featureEnum(Flag.class)
                .stateRepository(states)
                .userProvider(new NoOpUserProvider())
                .build();
    }

    /** Whether the flag is on for this member. */
    public boolean isOn(Flag flag, UserId who) {
        return isOn(flag, read(flag), who);
    }

    private static boolean isOn(Flag flag, FlagState state, UserId who) {
        return state.enabled()
                && (state.percentage() == 100
                        || state.users().contains(who.value())
                        || bucketOf(flag, who) < state.percentage());
    }

    /** Whether the flag is on for any member. */
    public boolean isOnForAnyone(Flag flag) {
        FlagState state = read(flag);
        return state.enabled() && (state.percentage() > 0 || !state.users().isEmpty());
    }

    public FlagState read(Flag flag) {
        return stateOf(manager.getFeatureState(flag));
    }

    private static FlagState stateOf(FeatureState state) {
        String percentage = state.getParameter(PERCENTAGE);
        String users = state.getParameter(USERS);
        return new FlagState(
                state.isEnabled(),
                percentage == null ? 100 : Integer.parseInt(percentage),
                users == null || users.isEmpty() ? List.of() : List.of(users.split("\n")));
    }

    /** Changes the flag for all replicas, and for this one at once. Changes of the same flag are made one after another. */
    public FlagState change(Flag flag, FlagChange wanted) {
        return change(flag, wanted, before -> true).orElseThrow();
    }

    /** Does the same if the database has the flag in this state; else changes nothing and returns empty. */
    public Optional<FlagState> changeFrom(FlagState expected, Flag flag, FlagChange wanted) {
        return change(flag, wanted, expected::equals);
    }

    private Optional<FlagState> change(Flag flag, FlagChange wanted, Predicate<FlagState> from) {
        Optional<FlagState> changed = database.inTransaction(handle -> {
            StateRepository stored = FlagStore.changing(handle, flag);
            FeatureState known = stored.getFeatureState(flag);
            FlagState before = stateOf(known == null ? manager.getMetaData(flag).getDefaultFeatureState() : known);
            if (!from.test(before)) {
                return Optional.empty();
            }
            FlagState after = wanted.appliedTo(before);
            stored.setFeatureState(new FeatureState(flag, after.enabled())
                    .setParameter(PERCENTAGE, Integer.toString(after.percentage()))
                    .setParameter(USERS, String.join("\n", after.users())));
            notices.write(handle, new Notice(TOPIC, flag.name()));
            return Optional.of(after);
        });
        states.refresh(flag);
        changed.ifPresent(after -> log.info(
                "event=flag_set flag={} enabled={} percentage={} users={}",
                flag,
                after.enabled(),
                after.percentage(),
                after.users().size()));
        return changed;
    }

    public static Optional<Flag> named(String name) {
        return Stream.of(Flag.values()).filter(flag -> flag.name().equals(name)).findFirst();
    }

    /** 0 to 99, always the same for a member and a flag. */
    private static int bucketOf(Flag flag, UserId who) {
        return Math.floorMod((flag.name() + ':' + who.value()).hashCode(), 100);
    }

    /** Answers from memory; a notice makes it read the flag again at once. */
    private static final class CachedStates implements StateRepository {

        private final StateRepository database;
        private final ChangeNotices notices;
        private final ReentrantLock reading = new ReentrantLock();
        private final Map<String, Cached> cached = new ConcurrentHashMap<>();

        /** @param state null for a flag that no operator has set */
        private record Cached(@Nullable FeatureState state, long atNanos) {}

        CachedStates(StateRepository database, ChangeNotices notices) {
            this.database = database;
            this.notices = notices;
        }

        @Override
        public @Nullable FeatureState getFeatureState(Feature feature) {
            Cached last = cached.get(feature.name());
            if (last != null && isFresh(last)) {
                return last.state();
            }
            if (last != null && reading.isLocked()) {
                return last.state(); // another thread is already reading it
            }
            reading.lock();
            try {
                Cached meanwhile = cached.get(feature.name());
                return meanwhile != null && isFresh(meanwhile) ? meanwhile.state() : refresh(feature);
            } finally {
                reading.unlock();
            }
        }

        /** Reads the flag. One read follows the other, so that the newest result is kept. */
        @Nullable
        FeatureState refresh(Feature feature) {
            reading.lock();
            try {
                FeatureState state = read(feature);
                cached.put(feature.name(), new Cached(state, System.nanoTime()));
                return state;
            } finally {
                reading.unlock();
            }
        }

        private @Nullable FeatureState read(Feature feature) {
            try {
                return database.getFeatureState(feature);
            } catch (RuntimeException e) {
                log.warn(
                        "event=flag_not_read flag={} using=last_seen cause=\"{}\"",
                        feature.name(),
                        WhatFailed.inWords(e));
                Cached last = cached.get(feature.name());
                // never read so far: a kill switch that may be off counts as off
                return last == null ? new FeatureState(feature, false) : last.state();
            }
        }

        private boolean isFresh(Cached last) {
            Duration fresh = notices.areHeard() ? REFRESH_WITH_NOTICES : REFRESH_WITHOUT_NOTICES;
            return System.nanoTime() - last.atNanos() < fresh.toNanos();
        }

        @Override
        public void setFeatureState(FeatureState state) {
            throw new UnsupportedOperationException("flags are changed together with their notice");
        }
    }
}
