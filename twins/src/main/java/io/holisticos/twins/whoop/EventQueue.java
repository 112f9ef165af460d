package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Person;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/** The next event of each member in order of time, so that finding the next one does not ask every member. */
final class EventQueue {
    private final Ledgers ledgers;
    private final Predicate<Person> isConnected;
    private final PriorityQueue<Entry> queue = new PriorityQueue<>(Comparator.comparing(Entry::at)
            .thenComparing(entry -> entry.member().whoopUserId()));

    /**
     * @param isConnected whether the application gets events of that member
     */
    EventQueue(List<Person> members, Ledgers ledgers, Predicate<Person> isConnected, Instant from) {
        this.ledgers = ledgers;
        this.isConnected = isConnected;
        members.forEach(member -> put(member, from));
    }

    /** Everything that happened in the span, oldest first; the start is exclusive, the end inclusive. */
    synchronized List<Event> take(Instant after, Instant until) {
        List<Event> events = new ArrayList<>();
        while (!queue.isEmpty() && !queue.element().at().isAfter(until)) {
            Person member = queue.remove().member();
            if (isConnected.test(member)) {
                events.addAll(ledgers.of(member).events(after, until));
            }
            put(member, until);
        }
        events.sort(Comparator.comparing(Event::at));
        return events;
    }

    /** When the next event of a connected member happens. */
    synchronized Optional<Instant> next() {
        List<Entry> notConnected = new ArrayList<>();
        while (!queue.isEmpty() && !isConnected.test(queue.element().member())) {
            notConnected.add(queue.remove());
        }
        Optional<Instant> next = Optional.ofNullable(queue.peek()).map(Entry::at);
        queue.addAll(notConnected);
        return next;
    }

    private void put(Person member, Instant after) {
        queue.add(new Entry(ledgers.of(member).nextEventAt(after), member));
    }

    private record Entry(Instant at, Person member) {}
}
