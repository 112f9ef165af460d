package io.holisticos.twins.whoop;

import io.holisticos.twins.world.Person;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;

/** Whose records change next, without asking everybody: the next event of each member lies in a queue. */
final class Agenda {
    private final Ledgers ledgers;
    private final Predicate<Person> listens;
    private final PriorityQueue<Entry> queue = new PriorityQueue<>(Comparator.comparing(Entry::at)
            .thenComparing(entry -> entry.member().whoopUserId()));

    /**
     * @param listens whether the application may be told of that member
     */
    Agenda(List<Person> members, Ledgers ledgers, Predicate<Person> listens, Instant from) {
        this.ledgers = ledgers;
        this.listens = listens;
        members.forEach(member -> put(member, from));
    }

    /** Everything that happened in the span, oldest first; the start is exclusive, the end inclusive. */
    synchronized List<Event> take(Instant after, Instant until) {
        List<Event> events = new ArrayList<>();
        while (!queue.isEmpty() && !queue.element().at().isAfter(until)) {
            Person member = queue.remove().member();
            if (listens.test(member)) {
                events.addAll(ledgers.of(member).events(after, until));
            }
            put(member, until);
        }
        events.sort(Comparator.comparing(Event::at));
        return events;
    }

    /** When the next event of a member who listens will happen. */
    synchronized Optional<Instant> next() {
        List<Entry> deaf = new ArrayList<>();
        while (!queue.isEmpty() && !listens.test(queue.element().member())) {
            deaf.add(queue.remove());
        }
        Optional<Instant> next = Optional.ofNullable(queue.peek()).map(Entry::at);
        queue.addAll(deaf);
        return next;
    }

    private void put(Person member, Instant after) {
        queue.add(new Entry(ledgers.of(member).nextEventAt(after), member));
    }

    private record Entry(Instant at, Person member) {}
}
