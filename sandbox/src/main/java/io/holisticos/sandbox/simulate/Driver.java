package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.SandboxFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * Moves time: delivers what WHOOP has to tell, runs the jobs that are due, and when there is nothing left to do goes on to
 * the next moment at which there is. While work is done, the clock stands still.
 */
final class Driver {

    /**
     * WHOOP does not say how long an event is under way. Here they leave every tenth minute, so that the events of
     * different members arrive together and fewer cores wait. Nothing that is measured begins before.
     */
    private static final Duration PULSE = Duration.ofMinutes(10);

    /** While everybody wakes, ten minutes of events would be more than a minute's quota. */
    private static final Duration MORNING_PULSE = Duration.ofMinutes(5);

    /** Jobs are begun every twentieth second, which is later than in production and counts as waiting. */
    private static final Duration TICK = Duration.ofSeconds(20);

    /** Rounds without the clock moving; more means that some job is always due. */
    private static final int MOST_ROUNDS = 1_000;

    private final Town town;
    private final PriorityQueue<Scripted> script =
            new PriorityQueue<>(Comparator.comparing(Scripted::at).thenComparing(Scripted::number));
    private long numbers;
    private List<Instant> nextJobs = List.of();

    Driver(Town town) {
        this.town = town;
    }

    /** Plans something for a moment. */
    void at(Instant moment, Runnable action) {
        script.add(new Scripted(moment, numbers++, action));
    }

    /** Lives until that moment. */
    void runUntil(Instant end) {
        int rounds = 0;
        nextJobs = town.hands().nextDue();
        while (true) {
            Instant now = town.clock().instant();
            boolean worked = work(now);
            Instant next = next(end);
            if (next.isAfter(now)) {
                rounds = 0;
                if (!next.isBefore(end)) {
                    town.clock().advance(Duration.between(now, end));
                    return;
                }
                town.clock().advance(Duration.between(now, next));
            } else if (!worked || ++rounds > MOST_ROUNDS) {
                throw new SandboxFailure("something is due at " + now + " for ever");
            }
        }
    }

    private boolean work(Instant now) {
        boolean scripted = false;
        while (!script.isEmpty() && !script.element().at().isAfter(now)) {
            script.remove().action().run();
            scripted = true;
        }
        if (scripted) {
            nextJobs = town.hands().nextDue(); // only what happens puts jobs on the list
        }
        boolean events = isDue(nextPulse(), now);
        boolean jobs = isDue(nextJobs(), now);
        if (events && jobs) { // what falls together goes on side by side
            town.hands().runDueBeside(town.whoop()::pump, nextJobs, now);
        } else if (events) {
            town.whoop().pump();
        } else if (jobs) {
            town.hands().runDue(nextJobs, now);
        }
        if (events || jobs) {
            nextJobs = town.hands().nextDue();
        }
        return scripted || events || jobs;
    }

    /** What is due at a whole minute was planned, like quiet hours, and nobody waits for it: it is begun at a pulse. */
    private Optional<Instant> nextJobs() {
        return nextJobs.stream()
                .map(due -> roundedUp(due, due.equals(due.truncatedTo(ChronoUnit.MINUTES)) ? pulseAt(due) : TICK))
                .min(Comparator.naturalOrder());
    }

    private Optional<Instant> nextPulse() {
        return town.whoop().nextPumpAt().map(moment -> roundedUp(moment, pulseAt(moment)));
    }

    private static Duration pulseAt(Instant moment) {
        return Town.isMorning(moment) ? MORNING_PULSE : PULSE;
    }

    private Instant next(Instant end) {
        return Stream.of(
                        nextPulse(),
                        nextJobs(),
                        Optional.ofNullable(script.peek()).map(Scripted::at))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .orElse(end);
    }

    private static boolean isDue(Optional<Instant> moment, Instant now) {
        return moment.filter(due -> !due.isAfter(now)).isPresent();
    }

    private static Instant roundedUp(Instant moment, Duration step) {
        long millis = moment.plusNanos(999_999).toEpochMilli();
        long whole = Math.floorDiv(millis + step.toMillis() - 1, step.toMillis());
        return Instant.ofEpochMilli(whole * step.toMillis());
    }

    private record Scripted(Instant at, long number, Runnable action) {}
}
