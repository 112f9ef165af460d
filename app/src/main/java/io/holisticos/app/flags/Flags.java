package io.holisticos.app.flags;

import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.notice.ChangeNotices;
import io.holisticos.notice.Notice;
import io.holisticos.notice.NoticeListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
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
 * Reads and sets flags. A change takes effect on every replica. While the database does not answer, every flag keeps
 * the state that was read last. Thread-safe.
 */
public final class Flags {

    private static final String TOPIC = "flag";

    /**
     * How long a state is kept while change notices arrive. A change without a notice, such as a row changed by hand,
     * takes effect after this time.
     */
    private static final Duration LOOK_WHEN_TOLD = Duration.ofSeconds(30);

    /**
     * How long a state is kept while no change notices arrive: half of the promised 2 s, so that a change made right
     * after a read still takes effect in time.
     */
    private static final Duration LOOK_ONESELF = Duration.ofSeconds(1);

    private static final String PERCENTAGE = "percentage";
    private static final String USERS = "users";

    private static final Logger log = LoggerFactory.getLogger(Flags.class);

    private final Jdbi database;
    private final ChangeNotices notices;
    private final FeatureManager manager;
    private final LastSeen states;

    /** Stores the flags in table {@code feature_flag} of this database. */
    public Flags(DataSource database, ChangeNotices notices) {
        this.database = Jdbi.create(database);
        this.notices = notices;
        this.states = new LastSeen(FlagStore.reading(database), notices);
        this.manager = new FeatureManagerBuilder()
                .name("unified-health")
                .featureEnum(Flag.class)
                .stateRepository(states)
                .userProvider(new NoOpUserProvider())
                .build();
        notices.listen(TOPIC, new NoticeListener() {
            @Override
            public void changed(String name) {
                named(name).ifPresent(states::look);
            }

            @Override
            public void missed() {
                Stream.of(Flag.values()).forEach(states::look);
            }
        });
    }

    /** Whether the flag is on for this member. */
    public boolean isOn(Flag flag, UserId who) {
        FlagState state = read(flag);
        return state.enabled()
                && (state.percentage() == 100
                        || state.users().contains(who.value())
                        || bucketOf(flag, who) < state.percentage());
    }

    /** Whether the flag is on for any member at all. */
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

    /** Changes the flag for all replicas, in this process at once. Changes of one flag are made one after another. */
    public FlagState change(Flag flag, FlagChange wanted) {
        FlagState changed = database.inTransaction(handle -> {
            StateRepository held = FlagStore.changing(handle, flag);
            FeatureState before = held.getFeatureState(flag);
            FlagState after = wanted.appliedTo(
                    stateOf(before == null ? manager.getMetaData(flag).getDefaultFeatureState() : before));
            held.setFeatureState(new FeatureState(flag, after.enabled())
                    .setParameter(PERCENTAGE, Integer.toString(after.percentage()))
                    .setParameter(USERS, String.join("\n", after.users())));
            notices.write(handle, new Notice(TOPIC, flag.name()));
            return after;
        });
        states.look(flag);
        log.info(
                "event=flag_set flag={} enabled={} percentage={} users={}",
                flag,
                changed.enabled(),
                changed.percentage(),
                changed.users().size());
        return changed;
    }

    public static Optional<Flag> named(String name) {
        return Stream.of(Flag.values()).filter(flag -> flag.name().equals(name)).findFirst();
    }

    /** A number from 0 to 99, which is always the same for one member and flag. */
    private static int bucketOf(Flag flag, UserId who) {
        return Math.floorMod((flag.name() + ':' + who.value()).hashCode(), 100);
    }

    /** Answers from memory. A flag with a change notice is read at once, by the thread that received the notice. */
    private static final class LastSeen implements StateRepository {

        private final StateRepository database;
        private final ChangeNotices notices;
        private final ReentrantLock oneAtATime = new ReentrantLock();
        private final Map<String, Seen> seen = new ConcurrentHashMap<>();

        /** @param state null for a flag that was never set */
        private record Seen(@Nullable FeatureState state, long atNanos) {}

        LastSeen(StateRepository database, ChangeNotices notices) {
            this.database = database;
            this.notices = notices;
        }

        @Override
        public @Nullable FeatureState getFeatureState(Feature feature) {
            Seen last = seen.get(feature.name());
            if (last != null && isFresh(last)) {
                return last.state();
            }
            if (last != null && oneAtATime.isLocked()) {
                return last.state(); // another thread is reading it
            }
            oneAtATime.lock();
            try {
                Seen meanwhile = seen.get(feature.name());
                return meanwhile != null && isFresh(meanwhile) ? meanwhile.state() : look(feature);
            } finally {
                oneAtATime.unlock();
            }
        }

        /** Reads the flag. Only one thread reads it at a time, so that the state that was read last is kept. */
        @Nullable
        FeatureState look(Feature feature) {
            oneAtATime.lock();
            try {
                FeatureState state = read(feature);
                seen.put(feature.name(), new Seen(state, System.nanoTime()));
                return state;
            } finally {
                oneAtATime.unlock();
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
                Seen last = seen.get(feature.name());
                // never read yet: the kill switch may be off, so it counts as off
                return last == null ? new FeatureState(feature, false) : last.state();
            }
        }

        private boolean isFresh(Seen last) {
            Duration holds = notices.areHeard() ? LOOK_WHEN_TOLD : LOOK_ONESELF;
            return System.nanoTime() - last.atNanos() < holds.toNanos();
        }

        @Override
        public void setFeatureState(FeatureState state) {
            throw new UnsupportedOperationException("flags are set together with their notice");
        }
    }
}
