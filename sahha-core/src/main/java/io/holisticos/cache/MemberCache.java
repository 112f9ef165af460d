package io.holisticos.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.holisticos.health.MemberListener;
import io.holisticos.health.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Answers about persons, in memory. An answer is given again until the moment that was said when it was kept, or until somebody
 * tells that the person changed, whichever comes first. What was read before a change and comes to be kept after it is not kept.
 * The least used persons are forgotten when there is no room. Thread-safe.
 *
 * @param <Q> what was asked of a person; equal questions have equal answers
 */
public final class MemberCache<Q, A> implements MemberListener {

    /** More questions of one person push out the oldest. */
    private static final int MOST_QUESTIONS = 16;

    /** The answers of one person take at most this part of the room, so that nobody pushes out everybody. */
    private static final int PART_OF_ONE_PERSON = 16;

    /** Persons who share a counter forget nothing of each other; they only keep an answer less in the worst case. */
    private static final int COUNTERS = 1 << 14;

    private final long room;
    private final Cache<UserId, List<Kept<Q, A>>> members;
    private final AtomicLongArray changes = new AtomicLongArray(COUNTERS);
    private final AtomicLong changesOfAll = new AtomicLong();
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder evictions = new LongAdder();

    /** @param from a clock that went back before the answer was made makes it untrue, too */
    private record Kept<Q, A>(Q question, A answer, int weight, Instant from, Instant until, long changesOfAll) {

        boolean holdsAt(Instant now) {
            return !now.isBefore(from) && now.isBefore(until);
        }
    }

    /** A person's changes as they were when a reading began. */
    public record Ticket(UserId who, Instant begun, Changes changes) {}

    /** How often a person changed, and how often anybody may have. */
    public record Changes(long ofPerson, long ofAll) {}

    /** @param room for all answers together, in the unit of {@link #keep}'s weight; with none, nothing is ever kept */
    public MemberCache(long room) {
        this.room = room;
        this.members = Caffeine.newBuilder()
                .maximumWeight(room)
                .weigher((UserId who, List<Kept<Q, A>> kept) -> weightOf(kept))
                .evictionListener((who, kept, cause) -> evictions.increment())
                .executor(Runnable::run) // who keeps an answer makes room for it
                .build();
    }

    /** The answer to this question, if one is kept that is still true. */
    public @Nullable A find(UserId who, Q question, Instant now) {
        A found = peek(who, question, now);
        if (found == null) {
            misses.increment();
        }
        return found;
    }

    /** As {@link #find}, for somebody who will ask again if there is none, which then counts as the miss. */
    public @Nullable A peek(UserId who, Q question, Instant now) {
        List<Kept<Q, A>> ofMember = members.getIfPresent(who);
        if (ofMember == null) {
            return null;
        }
        for (Kept<Q, A> kept : ofMember) {
            if (kept.question().equals(question) && kept.holdsAt(now) && kept.changesOfAll() == changesOfAll.get()) {
                hits.increment();
                return kept.answer();
            }
        }
        return null;
    }

    /** To be taken before anything is read of the person. */
    public Ticket begin(UserId who, Instant now) {
        return new Ticket(who, now, new Changes(changes.get(counterOf(who)), changesOfAll.get()));
    }

    /**
     * Keeps an answer, unless the person changed since the ticket was taken, or the answer is too large.
     *
     * @param weight of the question and the answer, at least 1
     * @param until the first moment at which the answer may be another one
     */
    public void keep(Ticket ticket, Q question, A answer, int weight, Instant until) {
        if (!until.isAfter(ticket.begun()) || weight > roomOfOnePerson()) {
            return;
        }
        Kept<Q, A> kept = new Kept<>(
                question,
                answer,
                weight,
                ticket.begun(),
                until,
                ticket.changes().ofAll());
        members.asMap().compute(ticket.who(), (who, others) -> isOvertaken(ticket) ? others : with(kept, others));
    }

    /** The newest answers of a person, as many as may be kept, each question once. */
    private List<Kept<Q, A>> with(Kept<Q, A> kept, @Nullable List<Kept<Q, A>> others) {
        List<Kept<Q, A>> newest = new ArrayList<>();
        newest.add(kept);
        long left = roomOfOnePerson() - kept.weight();
        for (Kept<Q, A> other : others == null ? List.<Kept<Q, A>>of() : others) {
            if (newest.size() < MOST_QUESTIONS
                    && other.weight() <= left
                    && other.changesOfAll() == kept.changesOfAll()
                    && !other.question().equals(kept.question())) {
                newest.add(other);
                left -= other.weight();
            }
        }
        return List.copyOf(newest);
    }

    private boolean isOvertaken(Ticket ticket) {
        return changes.get(counterOf(ticket.who())) != ticket.changes().ofPerson()
                || changesOfAll.get() != ticket.changes().ofAll();
    }

    @Override
    public void changed(UserId who) {
        changes.incrementAndGet(counterOf(who));
        members.asMap().remove(who);
    }

    @Override
    public void anybodyChanged() {
        changesOfAll.incrementAndGet();
        members.invalidateAll();
    }

    /** How often an answer was given again. */
    long hits() {
        return hits.sum();
    }

    /** How often there was no answer to give again. */
    long misses() {
        return misses.sum();
    }

    /** How often a person was forgotten for want of room. */
    long evictions() {
        return evictions.sum();
    }

    /** Of how many persons answers are kept. */
    long size() {
        return members.estimatedSize();
    }

    /** Of all that is kept. */
    long weight() {
        return members.policy().eviction().orElseThrow().weightedSize().orElseThrow();
    }

    private long roomOfOnePerson() {
        return room / PART_OF_ONE_PERSON;
    }

    private static int weightOf(List<? extends Kept<?, ?>> kept) {
        int weight = 0;
        for (Kept<?, ?> each : kept) {
            weight += each.weight();
        }
        return weight;
    }

    private static int counterOf(UserId who) {
        int hash = who.hashCode();
        return (hash ^ (hash >>> 16)) & (COUNTERS - 1);
    }
}
