package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.environment.SandboxFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * Moves time: delivers the events that are due, runs the jobs that are due, and when neither is left advances the clock to
 * the next moment at which something is due. The clock stands still while work is done.
 */
final class ClockDriver {

    /**
     * WHOOP does not say how long an event takes to arrive. Here events leave every ten minutes, so that those of different
     * members arrive together and the processors are busy. Latencies are measured from the time an event leaves.
     */
    private static final Duration DELIVERY_INTERVAL = Duration.ofMinutes(10);

    /** While most members wake up, ten minutes of events would need more calls than a minute's quota. */
    private static final Duration MORNING_DELIVERY_INTERVAL = Duration.ofMinutes(5);

    /** Jobs start every twenty seconds. Production starts them earlier; the wait counts as latency. */
    private static final Duration JOB_INTERVAL = Duration.ofSeconds(20);

    /** With more rounds in which the clock does not move, some job is always due. */
    private static final int MOST_ROUNDS = 1_000;

    private final SimulatedDeployment deployment;
    private final PriorityQueue<PlannedAction> plan =
            new PriorityQueue<>(Comparator.comparing(PlannedAction::at).thenComparing(PlannedAction::number));
    private long numbers;
    private List<Instant> nextJobs = List.of();

    ClockDriver(SimulatedDeployment deployment) {
        this.deployment = deployment;
    }

    /** Plans an action for a moment. */
    void at(Instant moment, Runnable action) {
        plan.add(new PlannedAction(moment, numbers++, action));
    }

    /** Runs until that moment. */
    void runUntil(Instant end) {
        int rounds = 0;
        nextJobs = deployment.jobs().nextDue();
        while (true) {
            Instant now = deployment.clock().instant();
            boolean worked = work(now);
            Instant next = next(end);
            if (next.isAfter(now)) {
                rounds = 0;
                if (!next.isBefore(end)) {
                    deployment.clock().advance(Duration.between(now, end));
                    return;
                }
                deployment.clock().advance(Duration.between(now, next));
            } else if (!worked || ++rounds > MOST_ROUNDS) {
                throw new SandboxFailure("some work is due at " + now + " again and again");
            }
        }
    }

    private boolean work(Instant now) {
        boolean fromPlan = false;
        while (!plan.isEmpty() && !plan.element().at().isAfter(now)) {
            plan.remove().action().run();
            fromPlan = true;
        }
        if (fromPlan) {
            nextJobs = deployment.jobs().nextDue(); // only actions, events and jobs enqueue jobs
        }
        boolean events = isDue(nextDelivery(), now);
        boolean jobs = isDue(nextJobs(), now);
        if (events && jobs) { // what is due together runs in parallel
            deployment.jobs().runDueBeside(deployment.whoop()::pump, nextJobs, now);
        } else if (events) {
            deployment.whoop().pump();
        } else if (jobs) {
            deployment.jobs().runDue(nextJobs, now);
        }
        if (events || jobs) {
            nextJobs = deployment.jobs().nextDue();
        }
        return fromPlan || events || jobs;
    }

    /** A job due at a whole minute is a planned one, which nobody waits for: it starts with the next delivery. */
    private Optional<Instant> nextJobs() {
        return nextJobs.stream()
                .map(due -> roundedUp(
                        due, due.equals(due.truncatedTo(ChronoUnit.MINUTES)) ? deliveryIntervalAt(due) : JOB_INTERVAL))
                .min(Comparator.naturalOrder());
    }

    private Optional<Instant> nextDelivery() {
        return deployment.whoop().nextPumpAt().map(moment -> roundedUp(moment, deliveryIntervalAt(moment)));
    }

    private static Duration deliveryIntervalAt(Instant moment) {
        return SimulatedDeployment.isMorning(moment) ? MORNING_DELIVERY_INTERVAL : DELIVERY_INTERVAL;
    }

    private Instant next(Instant end) {
        return Stream.of(
                        nextDelivery(),
                        nextJobs(),
                        Optional.ofNullable(plan.peek()).map(PlannedAction::at))
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

    private record PlannedAction(Instant at, long number, Runnable action) {}
}
