package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.environment.SandboxFailure;
import java.time.Duration;
import java.time.Instant;
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

    /** With more rounds in which the clock does not move, some job is always due. */
    private static final int MOST_ROUNDS = 1_000;

    private final SimulatedDeployment deployment;
    private final PriorityQueue<PlannedAction> plan =
            new PriorityQueue<>(Comparator.comparing(PlannedAction::at).thenComparing(PlannedAction::number));
    private long numbers;
    private List<Instant> nextJobs = List.of();
    private Pulse pulse = Pulse.USUAL;

    ClockDriver(SimulatedDeployment deployment) {
        this.deployment = deployment;
    }

    /** Sets when events leave and jobs start from now on. */
    void pulse(Pulse other) {
        pulse = other;
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

    private Optional<Instant> nextJobs() {
        return nextJobs.stream().map(pulse::start).min(Comparator.naturalOrder());
    }

    private Optional<Instant> nextDelivery() {
        return deployment.whoop().nextPumpAt().map(pulse::delivery);
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

    private record PlannedAction(Instant at, long number, Runnable action) {}
}
