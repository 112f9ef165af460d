package io.holisticos.twins.sahha;

import io.holisticos.twins.sahha.CollectedDay.Activity;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.SahhaFeed;
import io.holisticos.twins.world.Traits;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A person as Sahha sees them: what their phone collected, day by day, and when Sahha first had it.
 *
 * <p>Days are made when first asked for and then kept. Safe for any number of threads.
 */
final class Member {
    private static final int WEEK_DAYS = 8;

    private final Person person;
    private final long seed;
    private final LocalDate firstDay;
    private final Instant firstData;
    private final Habits habits;
    private final Collector collector;
    private final Map<LocalDate, Optional<CollectedDay>> days = new ConcurrentHashMap<>();
    private final Map<LocalDate, ComputationSchedule> schedules = new ConcurrentHashMap<>();
    private final Map<LocalDate, Week> weeks = new ConcurrentHashMap<>();

    /**
     * A member whose data Sahha has from a day on.
     *
     * @param firstData when Sahha first had data; earlier days appeared at that moment
     */
    Member(Person person, long seed, LocalDate firstDay, Instant firstData) {
        this.person = person;
        this.seed = seed;
        this.firstDay = firstDay;
        this.firstData = firstData;
        this.habits = Habits.of(person, seed);
        this.collector = new Collector(person, habits.wearable(), seed);
    }

    /**
     * What a member's devices are.
     *
     * @param wearable whether a watch or strap feeds the phone's health store, so that stages and heart rate are known
     * @param lacking the types of scores that this member never has
     */
    record Habits(boolean wearable, Set<String> lacking) {
        Habits {
            lacking = Set.copyOf(lacking);
        }

        static Habits of(Person person, long seed) {
            int number = person.identity().number();
            boolean sample = number > 4 && number % 6 == 5; // sample profiles often lack these two
            boolean named = number <= 4;
            boolean wearable = person.membership().sahhaFeed() != SahhaFeed.OWN_DEVICES
                    || named
                    || SeededValues.unit(seed, person.userId() + "|wearable") < 0.6;
            return new Habits(wearable, sample ? Set.of("activity", "readiness") : Set.of());
        }

        /** Whether it looks like one of Sahha's sample profiles. */
        boolean isSample() {
            return !lacking.isEmpty();
        }
    }

    String externalId() {
        return person.userId();
    }

    Habits habits() {
        return habits;
    }

    boolean wearable() {
        return habits.wearable();
    }

    boolean lacks(String scoreType) {
        return habits.lacking().contains(scoreType);
    }

    /** Where Sahha's nights of this member come from. */
    SahhaFeed feed() {
        return person.membership().sahhaFeed();
    }

    Traits traits() {
        return person.traits();
    }

    double unit(String words) {
        return SeededValues.unit(seed, externalId() + "|" + words);
    }

    LocalDate firstDay() {
        return firstDay;
    }

    LocalDate today(Instant now) {
        return person.dateAt(now);
    }

    ZoneOffset offsetAt(Instant now) {
        return person.offsetAt(now);
    }

    /** The offset of a day, or at noon UTC if the member skipped the day. */
    ZoneOffset offsetOn(LocalDate date) {
        return day(date)
                .map(CollectedDay::offset)
                .orElseGet(() -> person.offsetAt(date.atTime(LocalTime.NOON).toInstant(ZoneOffset.UTC)));
    }

    /** False in the first hours of a new profile. */
    boolean hasData(Instant now) {
        return !now.isBefore(firstData);
    }

    /** The day as it is once it is over; empty before the first day and for dates that the member skipped. */
    Optional<CollectedDay> day(LocalDate date) {
        if (date.isBefore(firstDay)) {
            return Optional.empty();
        }
        return days.computeIfAbsent(date, collector::collect);
    }

    /** The days that have begun, the newest first. */
    List<LocalDate> daysUntil(Instant now) {
        LocalDate today = today(now).plusDays(1); // a traveller may already have data of the next date
        return firstDay.isAfter(today)
                ? List.of()
                : firstDay.datesUntil(today.plusDays(1))
                        .sorted(Comparator.reverseOrder())
                        .toList();
    }

    ComputationSchedule schedule(CollectedDay day) {
        return schedules.computeIfAbsent(day.date(), date -> ComputationSchedule.of(day, seed, externalId()));
    }

    /** Movement as it was known at the computation with this index. */
    Activity activity(CollectedDay day, ComputationSchedule schedule, int index) {
        return index == schedule.moments().size() - 1
                ? day.activity()
                : collector.movement(day.date(), schedule.moments().get(index)).orElseGet(Activity::none);
    }

    /** When Sahha created what it computed at that moment: days before the first data appeared with it. */
    Instant createdAt(Instant computed) {
        return computed.isBefore(firstData) ? firstData : computed;
    }

    /** The latest moment by now at which something was computed; empty when nothing was. */
    Optional<Instant> lastReceived(Instant now) {
        if (!hasData(now)) {
            return Optional.empty();
        }
        return daysUntil(now).stream()
                .limit(3)
                .flatMap(date -> day(date).stream())
                .flatMap(day -> schedule(day).moments().stream())
                .filter(moment -> !moment.isAfter(now))
                .max(Comparator.naturalOrder())
                .map(this::createdAt);
    }

    /** A capacity between 0 and 1 that moves slowly. */
    double capacity(String kind, LocalDate date) {
        double phase = unit(kind + "|phase") * 6.28;
        double level = 0.5 + 0.35 * person.traits().fitness();
        return Scores.round(level + 0.08 * StrictMath.sin(date.toEpochDay() * 0.21 + phase), 2);
    }

    /** The eight days that end with this one. */
    Week week(LocalDate last) {
        return weeks.computeIfAbsent(last, this::summarize);
    }

    private Week summarize(LocalDate last) {
        var found = last.minusDays(WEEK_DAYS - 1L)
                .datesUntil(last.plusDays(1))
                .flatMap(date -> day(date).stream())
                .toList();
        return Week.of(found);
    }
}
