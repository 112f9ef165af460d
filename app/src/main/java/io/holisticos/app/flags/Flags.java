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
 * Reads and sets flags. A change is told to every replica; a database that is away leaves every flag as it was last seen.
 * Thread-safe.
 */
public final class Flags {

    private static final String TOPIC = "flag";

    /** While changes are told. What nobody told, such as a row changed by hand, is seen after this. */
    private static final Duration LOOK_WHEN_TOLD = Duration.ofSeconds(30);

    /** While they are not: half of what is promised (2 s), so that a change made just after a look is still in time. */
    private static final Duration LOOK_ONESELF = Duration.ofSeconds(1);

    private static final String PERCENTAGE = "percentage";
    private static final String USERS = "users";

    private static final Logger log = LoggerFactory.getLogger(Flags.class);

    private final Jdbi database;
    private final ChangeNotices notices;
    private final FeatureManager manager;
    private final LastSeen states;

    /** Keeps the flags in table {@code feature_flag} of this database. */
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

    /** Whether the flag is on for anybody at all. */
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

    /** Changes the flag for all replicas; here at once. Changes of one flag come one after the other. */
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

    /** 0 to 99, the same for ever for one member and flag. */
    private static int bucketOf(Flag flag, UserId who) {
        return Math.floorMod((flag.name() + ':' + who.value()).hashCode(), 100);
    }

    /** Answers from memory: what is told is read at once, by whoever is told. */
    private static final class LastSeen implements StateRepository {

        private final StateRepository database;
        private final ChangeNotices notices;
        private final ReentrantLock oneAtATime = new ReentrantLock();
        private final Map<String, Seen> seen = new ConcurrentHashMap<>();

        /** @param state null for a flag that nobody has set */
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
                return last.state(); // somebody looks already
            }
            oneAtATime.lock();
            try {
                Seen meanwhile = seen.get(feature.name());
                return meanwhile != null && isFresh(meanwhile) ? meanwhile.state() : look(feature);
            } finally {
                oneAtATime.unlock();
            }
        }

        /** Reads the flag; one look after the other, so that what was read last is what stays. */
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
                // never read yet: a kill switch that may have been thrown counts as thrown
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
