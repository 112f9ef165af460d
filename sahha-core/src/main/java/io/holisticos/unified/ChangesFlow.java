package io.holisticos.unified;

import io.holisticos.health.BoundedSource;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.ChangesAnswer.Disabled;
import io.holisticos.health.ChangesAnswer.Forgotten;
import io.holisticos.health.ChangesAnswer.Listed;
import io.holisticos.health.ChangesAnswer.NotCounted;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import io.holisticos.unified.ChangesBody.Entry;
import io.holisticos.unified.ChangesBody.SourceBody;
import io.holisticos.unified.ChangesCursor.Place;
import io.holisticos.unified.ChangesCursor.Recent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells which days of a person changed, from the lists that the sources keep. Each source is read from a place of its own, so
 * that one that is away is read on from there when it is back, and the others meanwhile. Thread-safe.
 */
final class ChangesFlow {

    /** How many changes of a source are read for one answer; the next answer goes on. */
    static final int MOST = 500;

    /** After this time every replica goes by a preference or a switch that one of them knows. */
    private static final Duration KNOWN_EVERYWHERE = Duration.ofSeconds(5);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

    private final List<BoundedSource> sources;
    private final Function<Preferences, MergeBasis> basis;
    private final Function<UserId, Preferences> preferences;
    private final UnifiedConfiguration configuration;
    private final Timing timing;

    /** @param nanoTime monotonic; measures durations */
    record Timing(Clock clock, LongSupplier nanoTime) {}

    /**
     * @param basis what the merge goes by for a person with these wishes
     * @param preferences each member's own wishes
     */
    ChangesFlow(
            List<BoundedSource> sources,
            Function<Preferences, MergeBasis> basis,
            Function<UserId, Preferences> preferences,
            UnifiedConfiguration configuration,
            Timing timing) {
        this.sources = List.copyOf(sources);
        this.basis = basis;
        this.preferences = preferences;
        this.configuration = configuration;
        this.timing = timing;
    }

    /**
     * What changed since an earlier answer.
     *
     * @param since {@code next} of that answer; null for all changes that are kept
     * @throws InvalidRequest when {@code since} is not {@code next} of an answer for this person, or is too old
     * @throws MemberNotFound when no source knows the person
     * @throws SourceUnavailable when no source could be asked
     */
    ChangesBody read(UserId who, @Nullable String since) {
        ChangesCursor from = since == null ? ChangesCursor.START : ChangesCursor.parse(since, who);
        return new Reading(who, from).body();
    }

    /** One reading for one caller. */
    private final class Reading {

        private final UserId who;
        private final ChangesCursor from;
        private final MergeBasis present;
        private final Instant now = timing.clock().instant();
        private final Deadline deadline = Deadline.after(configuration.readingTime(), timing.nanoTime());
        private final Set<Entry> entries = new LinkedHashSet<>();
        private final Map<SourceName, Place> places = new HashMap<>();
        private final List<SourceBody> statuses = new ArrayList<>();
        private final List<Recent> recent = new ArrayList<>();
        private final TreeSet<LocalDate> days = new TreeSet<>();
        private final TreeSet<LocalDate> measured = new TreeSet<>();
        private final TreeSet<LocalDate> trained = new TreeSet<>();
        private final TreeSet<Metric> metrics = new TreeSet<>();
        private boolean known;
        private boolean more;

        private Reading(UserId who, ChangesCursor from) {
            this.who = who;
            this.from = from;
            this.present = basis.apply(preferences.apply(who));
        }

        ChangesBody body() {
            compareBasis();
            sources.forEach(this::ask);
            requireAnAnswer();
            requireKnown();
            tellOnceMore();
            addDaysThatLookBack();
            addDaysThatLookAround();
            return new ChangesBody(
                    List.copyOf(entries),
                    ChangesCursor.written(who, present, places, recent),
                    more,
                    List.copyOf(statuses));
        }

        /** Another order, or other rules, can show another value on any day, though no source has changed. */
        private void compareBasis() {
            MergeBasis former = from.basis();
            if (former == null) {
                return;
            }
            if (!former.rules().equals(present.rules())) {
                tellOfEveryDay("merge", null);
            }
            if (!former.wishes().equals(present.wishes())) {
                tellOfEveryDay("preferences", null);
            }
        }

        private void tellOfEveryDay(String reason, @Nullable SourceName source) {
            entries.add(Entry.ofEveryDay(reason, source));
            recent.add(new Recent(reason, source, now));
        }

        /**
         * Whoever was told of such a change may have read the days from a replica that did not know of it yet, and keeps them. So it
         * is told a second time, when all replicas must know of it.
         */
        private void tellOnceMore() {
            List<Recent> toldNow = List.copyOf(recent);
            for (Recent former : from.recent()) {
                if (toldNow.stream().anyMatch(former::isOfTheSameAs)) {
                    continue;
                }
                boolean due = Duration.between(former.toldAt(), now).abs().compareTo(KNOWN_EVERYWHERE) >= 0;
                if (due) {
                    entries.add(Entry.ofEveryDay(former.reason(), former.source()));
                } else {
                    recent.add(former);
                }
            }
        }

        private void ask(BoundedSource source) {
            long start = timing.nanoTime().getAsLong();
            Place place = from.placeIn(source.name());
            ChangesAnswer answer =
                    source.changes(who, place.revision(), MOST, configuration.share(source.name(), deadline));
            String status = take(source.name(), place, answer);
            statuses.add(new SourceBody(source.name().value(), status));
            RequestContext.noteSource(
                    source.name().value(),
                    status,
                    Duration.ofNanos(timing.nanoTime().getAsLong() - start));
        }

        /** Returns the status of the source. */
        private String take(SourceName source, Place place, ChangesAnswer answer) {
            if (answer instanceof Listed listed) {
                noteOn(source, place);
                listed.changes().forEach(change -> add(change, source));
                places.put(source, new Place(listed.revision(), true));
                known |= listed.revision() > 0;
                more |= listed.more();
                return "ok";
            }
            if (answer instanceof NotCounted) {
                noteOn(source, place);
                places.put(source, new Place(place.revision(), true));
                return "not_counted";
            }
            if (answer instanceof Disabled) {
                if (place.on() && from.basis() != null) {
                    tellOfEveryDay("switched_off", source);
                }
                places.put(source, new Place(place.revision(), false));
                return "disabled";
            }
            if (answer instanceof Forgotten) {
                throw ChangesCursor.tooOld();
            }
            places.put(source, place); // it is read on from here when it is back
            return "unavailable";
        }

        private void noteOn(SourceName source, Place former) {
            if (!former.on()) {
                tellOfEveryDay("switched_on", source);
            }
        }

        private void add(Change change, SourceName source) {
            entries.add(Entry.of(change, source));
            days.addAll(change.days());
            if (!change.metrics().isEmpty()) {
                measured.addAll(change.days());
                metrics.addAll(change.metrics());
            }
            if (change.workouts()) {
                trained.addAll(change.days());
            }
        }

        private void requireAnAnswer() {
            boolean answered = statuses.stream()
                    .anyMatch(source ->
                            source.status().equals("ok") || source.status().equals("not_counted"));
            statuses.stream()
                    .filter(source -> !answered && source.status().equals("unavailable"))
                    .findFirst()
                    .ifPresent(away -> {
                        throw new SourceUnavailable(new SourceName(away.name()), RETRY_AFTER);
                    });
        }

        /** Whoever has a cursor was known. Else a person is unknown only when every source could be asked and none knows them. */
        private void requireKnown() {
            if (known
                    || from.basis() != null
                    || statuses.stream().anyMatch(s -> s.status().equals("unavailable"))) {
                return;
            }
            for (BoundedSource source : sources) {
                Deadline share = configuration.share(source.name(), deadline);
                if (source.acquaintance(who, share) != Acquaintance.UNKNOWN) {
                    return;
                }
            }
            throw new MemberNotFound();
        }

        /** Whatever a source has counted: it may hold rows of before it did. */
        private boolean severalMayHaveValues() {
            return statuses.stream()
                            .filter(source -> !source.status().equals("disabled"))
                            .count()
                    > 1;
        }

        /**
         * A value that was equal in two sources for some days shows that a later one is an echo, or no longer does, and so does
         * a night of the day after.
         */
        private void addDaysThatLookBack() {
            if (severalMayHaveValues()) {
                addUntold(measured, EchoRule.LOOK_AHEAD_DAYS, EchoRule.LOOK_BACK_DAYS, metrics, "looks_back");
            }
        }

        /** A workout may be the one that another source has on a day nearby, or no longer is. */
        private void addDaysThatLookAround() {
            if (severalMayHaveValues()) {
                int around = WorkoutMatching.surroundingDays(sources.size());
                addUntold(trained, around, around, List.of(), "looks_around");
            }
        }

        private void addUntold(
                Set<LocalDate> changed, int before, int after, Collection<Metric> ofMetrics, String reason) {
            LocalDate latest = LocalDate.ofInstant(now, ZoneOffset.MAX);
            TreeSet<LocalDate> untold = new TreeSet<>();
            for (LocalDate day : changed) {
                day.minusDays(before)
                        .datesUntil(day.plusDays(1L + after))
                        .filter(other -> !other.isAfter(latest) && !days.contains(other))
                        .forEach(untold::add);
            }
            if (!untold.isEmpty()) {
                entries.add(Entry.of(Change.of(0, untold, ofMetrics, reason), null));
            }
        }
    }
}
