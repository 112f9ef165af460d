package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.sandbox.environment.SandboxFailure;
import io.holisticos.twins.world.Person;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** One run: the days of connecting, the counted days, two final days without edits, and the comparison. */
final class Simulation {

    private static final Duration DAY = Duration.ofDays(1);
    private static final int FINAL_DAYS = 2;
    private static final int MOST_DAYS_OF_CONNECTING = 90;

    /** How many days back the unified days are compared. */
    private static final int COMPARED_DAYS = 9;

    private final Scenario scenario;
    private final PrintStream out;
    private final SimulatedDeployment deployment;
    private final ClockDriver driver;
    private final EventLatencies latencies = new EventLatencies();
    private final CallCounter calls;
    private final CallTimes callTimes = new CallTimes();
    private final AppClient app;
    private final Consent consent;
    private final MemberActions actions;
    private final StoredRecords stored;
    private final long startNanos = System.nanoTime();
    private Instant dayOne;
    private Instant finalSince = Instant.MAX;

    Simulation(Scenario scenario, SimulatedDeployment deployment, PrintStream out) {
        this.scenario = scenario;
        this.out = out;
        this.deployment = deployment;
        this.driver = new ClockDriver(deployment);
        this.calls =
                new CallCounter(deployment.whoop().stats(), deployment.members().size());
        this.app = new AppClient(deployment.settings().appUrl());
        this.consent = new Consent(deployment, app);
        this.actions = new MemberActions(deployment, consent, calls);
        this.stored = deployment.stored();
        this.dayOne = deployment.clock().instant().truncatedTo(ChronoUnit.DAYS).plus(DAY);
        deployment.whoop().onNotice(latencies::add);
        deployment.whoop().stats().onCall(callTimes::add);
    }

    /** Runs all days and compares what is stored with what happened. */
    SimulationReport run() {
        runDays();
        CallCounter.Costs costs = calls.costs();
        runFinalDays();
        return compare(costs);
    }

    private void runDays() {
        driver.runUntil(dayOne); // until midnight
        connectMembers();
        Instant until = dayOne.plus(DAY.multipliedBy(scenario.days()));
        calls.dayOne(dayOne, until);
        driver.pulse(scenario.pulse()); // the days of connecting take less time with the usual one
        actions.plan(driver, scenario, dayOne);
        for (int day = 1; day <= scenario.days(); day++) {
            runDay("day %d of %d".formatted(day, scenario.days()));
        }
        finalSince = until;
    }

    private void connectMembers() {
        Onboarding onboarding = new Onboarding(driver, consent, deployment, scenario);
        for (int day = 1; !onboarding.isDone() || stored.openBackfills() > 0; day++) {
            if (day > MOST_DAYS_OF_CONNECTING) {
                throw new SandboxFailure(
                        "not all members were connected and synced in " + MOST_DAYS_OF_CONNECTING + " days");
            }
            onboarding.plan(deployment.clock().instant());
            runDay("connecting, day " + day);
        }
        dayOne = deployment.clock().instant();
    }

    private void runFinalDays() {
        for (int day = 1; day <= FINAL_DAYS; day++) {
            runDay("final day %d of %d".formatted(day, FINAL_DAYS));
        }
    }

    private void runDay(String name) {
        long before = calls.calls();
        driver.runUntil(deployment.clock().instant().plus(DAY));
        out.printf(
                "%6.1f s  %s: %d calls, %d answers 429%n", seconds(), name, calls.calls() - before, calls.throttled());
        out.flush();
    }

    /** Compares what is stored now with what happened. */
    SimulationReport compare(CallCounter.Costs costs) {
        RecordComparison comparison = new RecordComparison(deployment.whoop(), stored, finalSince);
        UnifiedDayComparison unified = new UnifiedDayComparison(app);
        CommitTimes commits = new CommitTimes();
        Set<String> revoked = actions.revoked();
        Set<String> everRevoked = actions.everRevoked();
        LocalDate today = LocalDate.ofInstant(deployment.clock().instant(), ZoneOffset.UTC);
        forEachMember(
                member -> { // time stands still, so the order does not matter
                    String userId = member.userId();
                    if (revoked.contains(userId)) {
                        requireReauthorization(userId, comparison);
                        return;
                    }
                    Map<String, List<JsonNode>> records = comparison.compare(userId);
                    if (!everRevoked.contains(userId)) {
                        commits.add(member.whoopUserId(), stored.versions(userId), stored.tombstones(userId));
                    }
                    unified.compare(userId, records, today.minusDays(COMPARED_DAYS), today)
                            .forEach(comparison::add);
                });
        return new SimulationReport(
                costs,
                latencies.delivered(commits, dayOne, finalSince),
                latencies.lost(commits, dayOne, finalSince),
                List.of(
                        comparison.summary(),
                        unified.days() + " unified days compared",
                        revoked.size() + " members left out who revoked and did not consent again",
                        actions.summary()),
                scenario.pulse().isNone() ? promptness(commits) : null,
                comparison.differences());
    }

    private Promptness promptness(CommitTimes commits) {
        return Promptness.of(
                latencies.arrivals(commits, dayOne, finalSince), callTimes.between(dayOne, finalSince), scenario);
    }

    /** Works on several members at a time, since most of the work is waiting for answers. */
    private void forEachMember(Consumer<Person> work) {
        ExecutorService readers = Executors.newFixedThreadPool(StoredRecords.CONNECTIONS);
        try {
            deployment.members().stream()
                    .map(member -> CompletableFuture.runAsync(() -> work.accept(member), readers))
                    .toList()
                    .forEach(CompletableFuture::join);
        } finally {
            readers.shutdownNow();
        }
    }

    /** The service must have noticed a revocation: WHOOP refused its next planned sync. */
    private void requireReauthorization(String userId, RecordComparison comparison) {
        String state = stored.connectionState(userId);
        if (!state.equals("reauthorization_required")) {
            comparison.add(new Difference(userId + " connection", "state"));
        }
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
