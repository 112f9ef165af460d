package io.holisticos.twins.whoop;

import io.holisticos.twins.world.BodyDay;
import io.holisticos.twins.world.Dice;
import io.holisticos.twins.world.Person;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The ids of one member's records. They follow from what they name, so that a record always has the same id. */
final class Ids {
    private static final long FIRST_CYCLE = 1_000_000_000L; // live cycle ids have ten digits
    private static final long CYCLES_PER_MEMBER = 50_000; // days since 1970 fit until the year 2106
    private static final int ACTIVITIES_PER_DAY = 16;
    private static final int SLEEPS_PER_DAY = 8; // workouts come after them
    private static final Instant NAMED_BY_UUID = Instant.parse("2025-07-01T00:00:00Z"); // when WHOOP's v2 began

    static final int MAIN_SLEEP = 0; // naps count from 1
    static final int OTHER_SLEEP = SLEEPS_PER_DAY - 1; // a sleep beside the main one that is no nap

    private final Person person;
    private final long firstCycle;

    Ids(Person person) {
        this.person = person;
        this.firstCycle = FIRST_CYCLE + person.identity().number() * CYCLES_PER_MEMBER;
    }

    long cycle(long day) {
        return firstCycle + day;
    }

    /** The body's day of one of this member's cycle ids; empty for anyone else's. */
    OptionalLong dayOfCycle(long id) {
        long day = id - firstCycle;
        return day >= 0 && day < CYCLES_PER_MEMBER ? OptionalLong.of(day) : OptionalLong.empty();
    }

    /** The id of a day's main sleep. */
    UUID mainSleep(long day) {
        return sleep(day, MAIN_SLEEP);
    }

    /** The id of the sleep that a day's cycle begins with: the main sleep, unless a shorter one came before it. */
    UUID firstSleep(BodyDay day) {
        return sleep(day.night().day(), day.beginsWithOtherNight() ? OTHER_SLEEP : MAIN_SLEEP);
    }

    UUID sleep(long day, int number) {
        return uuid("sleep", day * ACTIVITIES_PER_DAY + number);
    }

    UUID workout(long day, int number) {
        return uuid("workout", day * ACTIVITIES_PER_DAY + number);
    }

    /** The number of a sleep that was recorded while WHOOP still numbered them. */
    @Nullable
    Long oldSleep(long day, int number, Instant recorded) {
        return old(day, number, recorded);
    }

    /** The number of a workout that was recorded while WHOOP still numbered them. */
    @Nullable
    Long oldWorkout(long day, int number, Instant recorded) {
        return old(day, SLEEPS_PER_DAY + number, recorded);
    }

    private @Nullable Long old(long day, int slot, Instant recorded) {
        return recorded.isBefore(NAMED_BY_UUID) ? Long.valueOf(cycle(day) * ACTIVITIES_PER_DAY + slot) : null;
    }

    /** The body's day that one of this member's old numbers belongs to; empty for anyone else's. */
    OptionalLong dayOfOldId(long oldId) {
        return dayOfCycle(Math.floorDiv(oldId, ACTIVITIES_PER_DAY));
    }

    /** Names an event: the same through all its deliveries. */
    UUID trace(String type, UUID record, long version) {
        return uuid(type + record, version);
    }

    private UUID uuid(String purpose, long key) {
        Dice dice = person.dice("whoop id " + purpose, key);
        long high = (dice.bits() & ~0xF000L) | 0x4000L;
        long low = (dice.bits() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(high, low);
    }
}
