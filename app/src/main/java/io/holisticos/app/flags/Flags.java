package io.holisticos.app.flags;

import io.holisticos.health.UserId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.togglz.core.Feature;
import org.togglz.core.manager.FeatureManager;
import org.togglz.core.manager.FeatureManagerBuilder;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.StateRepository;
import org.togglz.core.repository.cache.CachingStateRepository;
import org.togglz.core.repository.jdbc.JDBCStateRepository;
import org.togglz.core.user.NoOpUserProvider;

/** Reads and sets flags. A database that is away leaves every flag as it was last seen. Thread-safe. */
public final class Flags {

    /** Half of what is promised (2 s), so that a change made just after a look is still in time. */
    private static final long LOOK_EVERY_MILLIS = 1_000;

    private static final String PERCENTAGE = "percentage";
    private static final String USERS = "users";

    private static final Logger log = LoggerFactory.getLogger(Flags.class);

    private final FeatureManager manager;
    private final CachingStateRepository states;

    /** Keeps the flags in table {@code feature_flag} of this database. */
    public Flags(DataSource database) {
        this.states = new CachingStateRepository(
                new LastSeen(JDBCStateRepository.newBuilder(database)
                        .tableName("feature_flag")
                        .createTable(false)
                        .build()),
                LOOK_EVERY_MILLIS);
        this.manager = new FeatureManagerBuilder()
                .name("unified-health")
                .featureEnum(Flag.class)
                .stateRepository(states)
                .userProvider(new NoOpUserProvider())
                .build();
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
        FeatureState state = manager.getFeatureState(flag);
        String percentage = state.getParameter(PERCENTAGE);
        String users = state.getParameter(USERS);
        return new FlagState(
                state.isEnabled(),
                percentage == null ? 100 : Integer.parseInt(percentage),
                users == null || users.isEmpty() ? List.of() : List.of(users.split("\n")));
    }

    /** Sets the flag for all replicas; here at once. */
    public void set(Flag flag, FlagState wanted) {
        states.setFeatureState(new FeatureState(flag, wanted.enabled())
                .setParameter(PERCENTAGE, Integer.toString(wanted.percentage()))
                .setParameter(USERS, String.join("\n", wanted.users())));
        log.info(
                "event=flag_set flag={} enabled={} percentage={} users={}",
                flag,
                wanted.enabled(),
                wanted.percentage(),
                wanted.users().size());
    }

    public static Optional<Flag> named(String name) {
        return Stream.of(Flag.values()).filter(flag -> flag.name().equals(name)).findFirst();
    }

    /** 0 to 99, the same for ever for one member and flag. */
    private static int bucketOf(Flag flag, UserId who) {
        return Math.floorMod((flag.name() + ':' + who.value()).hashCode(), 100);
    }

    /** Answers from memory while the database does not. */
    private static final class LastSeen implements StateRepository {

        private final StateRepository database;
        /** What was last read; empty for a flag that nobody has set. */
        private final Map<String, Optional<FeatureState>> seen = new ConcurrentHashMap<>();

        LastSeen(StateRepository database) {
            this.database = database;
        }

        @Override
        public @Nullable FeatureState getFeatureState(Feature feature) {
            try {
                FeatureState state = database.getFeatureState(feature);
                seen.put(feature.name(), Optional.ofNullable(state));
                return state;
            } catch (RuntimeException e) {
                log.warn("event=flag_not_read flag={} using=last_seen", feature.name());
                Optional<FeatureState> last = seen.get(feature.name());
                // never read yet: a kill switch that may have been thrown counts as thrown
                return last == null ? new FeatureState(feature, false) : last.orElse(null);
            }
        }

        @Override
        public void setFeatureState(FeatureState state) {
            database.setFeatureState(state);
            seen.put(state.getFeature().name(), Optional.of(state));
        }
    }
}
