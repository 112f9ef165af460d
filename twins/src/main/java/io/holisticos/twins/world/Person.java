package io.holisticos.twins.world;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;

/**
 * One person and everything that physically happens to them.
 *
 * <p>Facts are made when first needed and then kept. All spans are half open, and a night belongs to the span in which
 * it ends: with "now" as its end, the answer is what a device can have reported by now. Safe for any number of threads.
 */
public final class Person {
    private static final Duration CALIBRATION = Duration.ofDays(4); // undocumented; WHOOP's app mentions four nights

    private static final double INCOMPLETE = 0.3; // share of nights whose stages do not fill the time in bed
    private static final Duration MOST_MISSING = Duration.ofMinutes(30); // WHOOP's own example lacks 24 minutes

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
        this.days = new BodyDays(
                traits,
                journey,
                dice,
                journey.bodyDay(world.start()),
                membership.sahhaFeed().isWhoop());
        this.movement = new Movement(this, dice);
    }

    /** Names and ids. */
    public Identity identity() {
        return identity;
    }

    /** The id that the application uses for this person. */
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

    /** The UTC offset in force for this person at that moment. */
    public ZoneOffset offsetAt(Instant moment) {
        return journey.offsetAt(moment);
    }

    /** The person's own date at that moment. */
    public LocalDate dateAt(Instant moment) {
        return moment.atOffset(offsetAt(moment)).toLocalDate();
    }

    /** How much of a night's light sleep the strap puts into no stage, in milliseconds; mostly none. */
    public long unstagedMilli(Night night) {
        Dice chance = dice("stages left out", night.day());
        return chance.chance(INCOMPLETE) ? (long) (chance.unit() * MOST_MISSING.toMillis()) : 0;
    }

    /** True in the first days of membership, while WHOOP learns what is usual. */
    public boolean calibrating(Instant moment) {
        return moment.isBefore(membership.since().plus(CALIBRATION));
    }

    /** Dice of this person for what an observer adds, such as delays; see {@link Dice#at}. */
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

    /** The body's day that began with the latest awakening; less than {@link #firstDay} before the first. */
    public long lastDay(Instant now) {
        long day = journey.bodyDay(now) + 1;
        while (day(day).night().end().isAfter(now)) {
            day--;
        }
        return day;
    }

    /** The body's day of that number, even if it lies in the future or was not recorded. */
    public BodyDay day(long number) {
        BodyDay day = known.get(number);
        if (day == null) {
            day = days.make(number);
            known.put(number, day);
        }
        return day;
    }

    /** Sleeps, without naps, that ended in the span, oldest first. */
    public List<Night> nights(Instant from, Instant to) {
        Instant since = from.isBefore(membership.since()) ? membership.since() : from;
        if (!since.isBefore(to)) {
            return List.of();
        }
        return LongStream.rangeClosed(journey.bodyDay(since) - 1, journey.bodyDay(to) + 1)
                .mapToObj(this::day)
                .flatMap(day -> day.nights().stream())
                .filter(night -> !night.end().isBefore(since) && night.end().isBefore(to))
                .toList();
    }

    /** Movement within the span. Adjoining spans add up. */
    public Activity activity(Instant from, Instant to) {
        return movement.between(from, to);
    }

    /** Movement of one local date up to that moment; empty for dates that have not begun or were skipped. */
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

    /** The number of the body's day at that moment, give or take one near a flight. */
    long bodyDayAt(Instant moment) {
        return journey.bodyDay(moment);
    }
}
