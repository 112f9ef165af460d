package io.holisticos.twins.whoop;

import io.holisticos.twins.world.BodyDay;
import io.holisticos.twins.world.Dice;
import io.holisticos.twins.world.Nap;
import io.holisticos.twins.world.Night;
import io.holisticos.twins.world.Person;
import io.holisticos.twins.world.Workout;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * When WHOOP learns of a member's nights, naps and workouts and scores them: which days it knows by a moment, and which
 * events come about as time passes. Safe for any number of threads.
 */
final class Timeline {
    private final Person person;
    private final Ids ids;
    private final Scoring scoring;
    private final long firstDay;
    private volatile Span withoutEvents = new Span(Instant.MAX, Instant.MIN);

    Timeline(Person person, Ids ids, Scoring scoring) {
        this.person = person;
        this.ids = ids;
        this.scoring = scoring;
        this.firstDay = person.firstDay();
    }

    // ---- days ----------------------------------------------------------------------------------------------------

    /** The days that WHOOP knows of, newest first, without those that began well after {@code before}. */
    LongStream days(Instant now, @Nullable Instant before) {
        long last = lastDay(now);
        if (before != null && before.isBefore(now)) {
            last = Math.min(last, person.lastDay(before) + 1);
        }
        long newest = last;
        return newest < firstDay
                ? LongStream.empty()
                : LongStream.rangeClosed(0, newest - firstDay).map(back -> newest - back);
    }

    /** The newest day that WHOOP knows of. */
    long lastDay(Instant now) {
        long last = person.lastDay(now);
        return last >= firstDay && schedule(person.day(last).night()).seen().isAfter(now) ? last - 1 : last;
    }

    /** The day of the next cycle after that day's, whether or not it has begun: straps that are not worn record none. */
    long nextWornDay(long day) {
        long next = day + 1;
        while (!person.day(next).worn()) {
            next++;
        }
        return next;
    }

    /** The day on which something that is entered now belongs. */
    long dayOfEntry(Instant now) {
        return Math.max(firstDay, person.lastDay(now));
    }

    /** The day of a cycle; empty for the cycle of another member, and for one that WHOOP does not know of yet. */
    OptionalLong dayOfCycle(long cycleId, Instant now) {
        return known(ids.dayOfCycle(cycleId), now).stream()
                .filter(day -> person.day(day).worn())
                .findAny();
    }

    /** The day that a numeric id of WHOOP's first API belongs to; empty as for cycles. */
    OptionalLong dayOfOldId(long oldId, Instant now) {
        return known(ids.dayOfOldId(oldId), now);
    }

    private OptionalLong known(OptionalLong day, Instant now) {
        return day.stream()
                .filter(number -> number >= firstDay && number <= lastDay(now))
                .findAny();
    }

    // ---- schedules -----------------------------------------------------------------------------------------------

    ScoringSchedule schedule(Night night) {
        return ScoringSchedule.ofNight(
                night.end(), person.dice("night schedule", night.day()), scoring.rescoredNights());
    }

    /** WHOOP tells the parts of a night apart when both are over. */
    ScoringSchedule scheduleOfOther(Night night, Night otherNight) {
        Instant over = otherNight.end().isAfter(night.end()) ? otherNight.end() : night.end();
        return ScoringSchedule.ofNight(over, person.dice("other night", night.day()), scoring.rescoredNights());
    }

    ScoringSchedule schedule(Nap nap) {
        return ScoringSchedule.ofActivity(
                nap.end(), person.dice("nap schedule", nap.day()), scoring.rescoredActivities());
    }

    ScoringSchedule schedule(Workout workout) {
        return ScoringSchedule.ofActivity(
                workout.end(),
                person.dice("workout schedule", workout.day() * 16 + workout.number()),
                scoring.rescoredActivities());
    }

    // ---- events --------------------------------------------------------------------------------------------------

    /** Events that time brings about in the span, oldest first; the start is exclusive, the end inclusive. */
    List<Event> events(Instant after, Instant until) {
        Span known = withoutEvents;
        if (!after.isBefore(known.from()) && until.isBefore(known.to())) {
            return List.of();
        }
        List<Event> all = eventsAround(after, until);
        all.stream()
                .map(Event::at)
                .filter(at -> at.isAfter(until))
                .min(Comparator.naturalOrder())
                .ifPresent(at -> withoutEvents = new Span(until, at));
        return all.stream()
                .filter(event -> event.at().isAfter(after) && !event.at().isAfter(until))
                .sorted(Comparator.comparing(Event::at))
                .toList();
    }

    /** When time brings about the next event. */
    Instant nextEventAt(Instant after) {
        return eventsAround(after, after).stream()
                .map(Event::at)
                .filter(at -> at.isAfter(after))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private List<Event> eventsAround(Instant after, Instant until) {
        List<Event> all = new ArrayList<>();
        long next = person.lastDay(until) + 1;
        for (long day = Math.max(firstDay, person.lastDay(after) - 1); day <= next; day++) {
            addEvents(all, day);
        }
        return all;
    }

    private void addEvents(List<Event> events, long day) {
        BodyDay facts = person.day(day);
        if (!facts.worn()) {
            return;
        }
        addNights(events, facts);
        for (int i = 0; i < facts.naps().size(); i++) {
            ScoringSchedule nap = schedule(facts.naps().get(i));
            add(events, "sleep.updated", ids.sleep(day, 1 + i), nap.scored(), 1);
            add(events, "sleep.updated", ids.sleep(day, 1 + i), nap.rescored(), 2);
        }
        for (Workout workout : facts.workouts()) {
            ScoringSchedule schedule = schedule(workout);
            UUID id = ids.workout(day, workout.number());
            add(events, "workout.updated", id, schedule.scored(), 1);
            add(events, "workout.updated", id, schedule.rescored(), 2);
        }
    }

    private void addNights(List<Event> events, BodyDay facts) {
        Night night = facts.night();
        if (facts.slept()) {
            UUID sleep = ids.mainSleep(night.day());
            ScoringSchedule schedule = schedule(night);
            add(events, "sleep.updated", sleep, beforeScore(night, schedule), 0);
            add(events, "sleep.updated", sleep, schedule.scored(), 1);
            add(events, "recovery.updated", sleep, schedule.scored(), 1);
            add(events, "sleep.updated", sleep, schedule.rescored(), 2);
            add(events, "recovery.updated", sleep, schedule.rescored(), 2);
        }
        Night otherNight = facts.otherNight();
        if (otherNight != null) {
            UUID sleep = ids.sleep(night.day(), Ids.OTHER_SLEEP);
            ScoringSchedule schedule = scheduleOfOther(night, otherNight);
            add(events, "sleep.updated", sleep, schedule.scored(), 1);
            add(events, "sleep.updated", sleep, schedule.rescored(), 2);
        }
    }

    /** When a night's event comes before its score; null for a night whose first event comes with the score. */
    private @Nullable Instant beforeScore(Night night, ScoringSchedule schedule) {
        Dice chance = person.dice("early event", night.day());
        if (!chance.chance(scoring.early())) {
            return null;
        }
        boolean readable = !chance.chance(scoring.unreadable());
        long head = Duration.between(night.end(), schedule.seen()).toMillis();
        return readable ? schedule.seen() : night.end().plusMillis((long) (head * chance.between(0.1, 0.9)));
    }

    private void add(List<Event> events, String type, UUID record, @Nullable Instant at, int version) {
        if (at != null) {
            events.add(new Event(person.whoopUserId(), record, type, ids.trace(type, record, version), at));
        }
    }

    /** Both ends are exclusive. */
    private record Span(Instant from, Instant to) {}
}
