package io.holisticos.app;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.holisticos.app.flags.Flag;
import io.holisticos.app.flags.Flags;
import io.holisticos.app.probes.ProbedSource;
import io.holisticos.health.BoundedSource;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.DaysToRead;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthSource;
import io.holisticos.health.MemberListener;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceAnswer;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaModule;
import io.holisticos.unified.Precedence;
import io.holisticos.unified.RelayRule;
import io.holisticos.unified.SourceFailureLog;
import io.holisticos.vitals.SourceHealth;
import io.holisticos.vitals.SourceVitals;
import io.holisticos.whoop.IntegrationHealth;
import io.holisticos.whoop.WhoopModule;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The only list of the sources of this product, in the order they are read, and the only reader of their flags. A third source
 * is one more {@link Entry} in {@link #sahhaAndWhoop}.
 */
final class Sources {

    static final SourceName SAHHA = SahhaModule.NAME;
    static final SourceName WHOOP = WhoopModule.NAME;

    /** The source that callers of the existing overview and of unified routes can include or exclude. */
    static final SourceName OPTIONAL = WHOOP;

    /** The names of {@link #sahhaAndWhoop}, known before any of them is built. */
    static final List<SourceName> NAMES = List.of(SAHHA, WHOOP);

    /**
     * A source of this product: all that the service has to know of it.
     *
     * @param source null when its module is not built because it has no credentials; it then answers as if switched off
     * @param flag switches it off, for all members or for some; null for a source that is always on
     * @param preferredFor the families of metrics for which its values are shown before those of the other sources; where two
     *     sources are preferred, the earlier one in the list
     * @param vitals null for the entry point's own source, which the probes always show
     * @param share its part of the time of a unified answer where {@code unified.shares} does not name it; null for all that
     *     is left
     */
    record Entry(
            SourceName name,
            @Nullable HealthSource source,
            @Nullable Flag flag,
            Set<Family> preferredFor,
            @Nullable Vitals vitals,
            @Nullable Duration share) {}

    /**
     * What the probes show of a source.
     *
     * @param built empty when its module is not built
     * @param unconfigured its health then
     */
    record Vitals(Optional<Built<?>> built, SourceHealth unconfigured) {}

    /** A source whose module is built, with the database that its vitals are read from. */
    record Built<S>(HealthSource source, SourceVitals<S> vitals, DataSource database) {}

    private final List<Entry> entries;
    private final List<BoundedSource> bounded;
    private final Flags flags;

    private Sources(List<Entry> entries, Flags flags, Executor threads) {
        this.entries = List.copyOf(entries);
        this.flags = flags;
        this.bounded = entries.stream()
                .map(entry -> new BoundedSource(switched(entry, flags), threads, new SourceFailureLog()))
                .toList();
    }

    /** @param threads read the sources, so that no source can hold up a caller */
    static Sources of(List<Entry> entries, Flags flags, Executor threads) {
        return new Sources(entries, flags, threads);
    }

    /**
     * Sahha first, then WHOOP. Their parts of the time of an answer stand in the configuration, whose rules for databases
     * they follow.
     *
     * @param whoop empty when WHOOP is not configured
     */
    static List<Entry> sahhaAndWhoop(HealthSource sahha, Optional<Built<?>> whoop) {
        return List.of(
                // a phone counts steps and energy by day, a strap measures the body at night
                new Entry(SAHHA, sahha, null, Set.of(Family.ACTIVITY, Family.ENERGY), null, null),
                new Entry(
                        WHOOP,
                        whoop.<HealthSource>map(Built::source).orElse(null),
                        Flag.WHOOP_INTEGRATION,
                        Set.of(Family.SLEEP, Family.HEART, Family.RESPIRATION, Family.OXYGEN, Family.TEMPERATURE),
                        new Vitals(whoop, IntegrationHealth.notConfigured()),
                        null));
    }

    /** Whose value is shown: the sources preferred for the metric's family first, then the others in their order. */
    Precedence precedence() {
        return Precedence.ofDefault(new Preferences(
                names(entry -> true),
                Arrays.stream(Family.values()).collect(toUnmodifiableMap(family -> family, this::orderFor)),
                Map.of()));
    }

    /** Which source can hand on what another one measured: what Sahha's configuration says of it. */
    static List<RelayRule> relays(SahhaModule sahha) {
        return sahha.relays().entrySet().stream()
                .map(origin ->
                        new RelayRule(SAHHA, origin.getKey(), origin.getValue(), sahha.namesInLogs(origin.getKey())))
                .toList();
    }

    List<BoundedSource> inOrder() {
        return bounded;
    }

    /** The sources beside the entry point's own, in their order. */
    List<BoundedSource> beside() {
        Set<SourceName> names = dispensable();
        return bounded.stream().filter(source -> names.contains(source.name())).toList();
    }

    /** The sources without which the service is only degraded: all but the entry point's own. */
    Set<SourceName> dispensable() {
        return Set.copyOf(names(entry -> entry.vitals() != null));
    }

    /** The parts of the time of a unified answer that sources have unless the configuration says otherwise. */
    Map<SourceName, Duration> shares() {
        Map<SourceName, Duration> shares = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.share() != null) {
                shares.put(entry.name(), entry.share());
            }
        }
        return shares;
    }

    /** The sources beside the entry point, as the probes show them. */
    List<ProbedSource> probed() {
        return entries.stream().flatMap(entry -> probed(entry).stream()).toList();
    }

    private Optional<ProbedSource> probed(Entry entry) {
        return Optional.ofNullable(entry.vitals())
                .map(vitals -> new ProbedSource(
                        entry.name(), vitals.built().map(built -> probed(built, entry.flag())), vitals.unconfigured()));
    }

    private <S> ProbedSource.Configured<?> probed(Built<S> built, @Nullable Flag flag) {
        return new ProbedSource.Configured<>(
                built.database(), built.vitals(), () -> flag == null || flags.isOnForAnyone(flag));
    }

    private List<SourceName> orderFor(Family family) {
        return Stream.concat(
                        names(entry -> entry.preferredFor().contains(family)).stream(),
                        names(entry -> !entry.preferredFor().contains(family)).stream())
                .toList();
    }

    /** The flags of the sources that are built and have one. */
    Map<SourceName, Flag> switched() {
        Map<SourceName, Flag> switched = new LinkedHashMap<>();
        for (Entry entry : entries) {
            Flag flag = entry.flag();
            if (flag != null && entry.source() != null) {
                switched.put(entry.name(), flag);
            }
        }
        return switched;
    }

    private List<SourceName> names(Predicate<Entry> wanted) {
        return entries.stream().filter(wanted).map(Entry::name).toList();
    }

    private static HealthSource switched(Entry entry, Flags flags) {
        HealthSource source = entry.source();
        if (source == null) {
            return new Absent(entry.name());
        }
        Flag flag = entry.flag();
        return flag == null ? source : new Switched(source, who -> flags.isOn(flag, who));
    }

    /** A source behind its flag. */
    private record Switched(HealthSource source, Predicate<UserId> flag) implements HealthSource {

        @Override
        public SourceName name() {
            return source.name();
        }

        @Override
        public Set<Metric> offers() {
            return source.offers();
        }

        @Override
        public int rulesVersion() {
            return source.rulesVersion();
        }

        @Override
        public boolean isOn(UserId who) {
            return flag.test(who);
        }

        @Override
        public void tell(MemberListener listener) {
            source.tell(listener);
        }

        @Override
        public boolean isTelling() {
            return source.isTelling();
        }

        @Override
        public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
            return isOn(who) ? source.read(who, days, deadline) : new SourceAnswer.Disabled(name());
        }

        @Override
        public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
            return isOn(who) ? source.changes(who, since, limit, deadline) : new ChangesAnswer.Disabled();
        }

        @Override
        public Acquaintance acquaintance(UserId who, Deadline deadline) {
            return source.acquaintance(who, deadline);
        }
    }

    /** A source that is not configured. */
    private record Absent(SourceName name) implements HealthSource {

        @Override
        public Set<Metric> offers() {
            return Set.of();
        }

        @Override
        public boolean isOn(UserId who) {
            return false;
        }

        /** There is nothing to tell of. */
        @Override
        public boolean isTelling() {
            return true;
        }

        @Override
        public SourceAnswer read(UserId who, DaysToRead days, Deadline deadline) {
            return new SourceAnswer.Disabled(name);
        }

        @Override
        public ChangesAnswer changes(UserId who, long since, int limit, Deadline deadline) {
            return new ChangesAnswer.Disabled();
        }

        @Override
        public Acquaintance acquaintance(UserId who, Deadline deadline) {
            return Acquaintance.UNKNOWN;
        }
    }
}
