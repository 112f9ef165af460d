package io.holisticos.twins.world;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One person and everything that physically happens to them.
 *
 * <p>Facts are made when first asked for and then kept. All spans are half open, and a night, nap or workout belongs to
 * the span that it ends in: pass "now" as the end and you get what a device could have reported by now. Safe for any
 * number of threads.
 */
public final class Person {
    private static final Duration CALIBRATION =
            Duration.ofDays(4); // WHOOP names no number; its app speaks of four nights

    private final Identity identity;
    private final Traits traits;
    private final Membership membership;
    private final Journey journey;
    private final BodyDays days;
    private final Movement movement;
    private final Dice dice;
    private final Map<Long, BodyDay> known = new ConcurrentHashMap<>();

    Person(Identity identity, Traits traits, Membership membership, Journey journey, WorldOptions world) {
        this.identity = identity;
        this.traits = traits;
        this.membership = membership;
        this.journey = journey;
        this.dice = Dice.of(world.seed()).at("person", identity.number());
        this.days = new BodyDays(traits, journey, dice, journey.bodyDay(world.start()));
        this.movement = new Movement(this, dice);
    }

    /** Names and ids. */
    public Identity identity() {
        return identity;
    }

    /** Our callers' name for this person. */
    public String userId() {
        return identity.userId();
    }

    /** WHOOP's number for this person, meaningful when {@link Membership#hasWhoopAccount}. */
    public long whoopUserId() {
        return identity.whoopUserId();
    }

    /** What the body is like. */
    public Traits traits() {
        return traits;
    }

    /** Which services know this person. */
    public Membership membership() {
        return membership;
    }

    /** Where the person is on the clock. */
    public Journey journey() {
        return journey;
    }

    /** The UTC offset in force for this person at that moment. */
    public ZoneOffset offsetAt(Instant moment) {
        return journey.offsetAt(moment);
    }

    /** The person's own date at that moment. */
    public LocalDate dateAt(Instant moment) {
        return moment.atOffset(offsetAt(moment)).toLocalDate();
    }

    /** True in the first days of membership, while WHOOP learns what is usual. */
    public boolean calibrating(Instant moment) {
        return moment.isBefore(membership.since().plus(CALIBRATION));
    }

    /** Chance of this person's own, for what only an observer adds (rounding, delays); see {@link Dice#at}. */
    public Dice dice(String purpose, long key) {
        return dice.at("observer " + purpose, key);
    }

    /** The first body's day that was recorded. */
    public long firstDay() {
        long day = journey.bodyDay(membership.since()) - 1;
        while (!day(day).night().end().isAfter(membership.since())) {
            day++;
        }
        return day;
    }

    /** The body's day that the latest finished night opened; less than {@link #firstDay} when none has ended yet. */
    public long lastDay(Instant now) {
        long day = journey.bodyDay(now) + 1;
        while (day(day).night().end().isAfter(now)) {
            day--;
        }
        return day;
    }

    /** The body's day of that number, whether or not it has come or was recorded. */
    public BodyDay day(long number) {
        BodyDay held = known.get(number);
        if (held == null) {
            held = days.make(number);
            known.put(number, held);
        }
        return held;
    }

    /** Main sleeps that ended in the span, oldest first. */
    public List<Night> nights(Instant from, Instant to) {
        return within(from, to, day -> Stream.of(day.night()), Night::end);
    }

    /** Naps that ended in the span, oldest first. */
    public List<Nap> naps(Instant from, Instant to) {
        return within(from, to, day -> day.naps().stream(), Nap::end);
    }

    /** Workouts that ended in the span, oldest first. */
    public List<Workout> workouts(Instant from, Instant to) {
        return within(from, to, day -> day.workouts().stream(), Workout::end);
    }

    /** Movement within the span; adjoining spans add up, and a longer span never has less. */
    public Activity activity(Instant from, Instant to) {
        return movement.between(from, to);
    }

    /** Movement of one local date as far as it has come by then; empty for dates that had not begun or never were. */
    public Optional<ActivityDay> activityOn(LocalDate date, Instant asOf) {
        ZoneOffset offset = journey.offsetOn(date);
        if (offset == null) {
            return Optional.empty();
        }
        Instant midnight = date.atStartOfDay().toInstant(offset);
        Instant next = midnight.plus(Duration.ofDays(1));
        if (!midnight.isBefore(asOf) || !next.isAfter(membership.since())) {
            return Optional.empty();
        }
        boolean open = next.isAfter(asOf);
        Activity activity = movement.between(midnight, open ? asOf : next);
        return Optional.of(new ActivityDay(date, offset, midnight, next.minusSeconds(1), open, activity));
    }

    @Override
    public String toString() {
        return identity.userId();
    }

    private <T> List<T> within(
            Instant from, Instant to, Function<BodyDay, Stream<T>> part, Function<T, Instant> endOf) {
        Instant since = from.isBefore(membership.since()) ? membership.since() : from;
        if (!since.isBefore(to)) {
            return List.of();
        }
        List<T> found = new ArrayList<>();
        LongStream.rangeClosed(journey.bodyDay(since) - 1, journey.bodyDay(to) + 1)
                .mapToObj(this::day)
                .flatMap(part)
                .filter(fact ->
                        !endOf.apply(fact).isBefore(since) && endOf.apply(fact).isBefore(to))
                .forEach(found::add);
        return List.copyOf(found);
    }

    /** The nearest body's day, for callers that look around a moment. */
    long bodyDayAt(Instant moment) {
        return journey.bodyDay(moment);
    }
}
