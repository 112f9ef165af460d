package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.sandbox.SandboxFailure;
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

/** One run: days of connecting, the counted days, two quiet ones, and the reckoning. */
final class Simulation {

    private static final Duration DAY = Duration.ofDays(1);
    private static final int QUIET_DAYS = 2;
    private static final int MOST_DAYS_OF_CONNECTING = 90;

    /** So many days back the unified days are compared. */
    private static final int READ_DAYS = 9;

    private final Scenario scenario;
    private final PrintStream out;
    private final Town town;
    private final Driver driver;
    private final Told told = new Told();
    private final Tally tally;
    private final Caller caller;
    private final Consent consent;
    private final Plan plan;
    private final HeldStore held;
    private final long startNanos = System.nanoTime();
    private Instant dayOne;
    private Instant quietSince = Instant.MAX;

    Simulation(Scenario scenario, Town town, PrintStream out) {
        this.scenario = scenario;
        this.out = out;
        this.town = town;
        this.driver = new Driver(town);
        this.tally = new Tally(town.whoop().stats(), town.members().size());
        this.caller = new Caller(town.settings().appUrl());
        this.consent = new Consent(town, caller);
        this.plan = new Plan(town, consent, tally);
        this.held = town.held();
        this.dayOne = town.clock().instant().truncatedTo(ChronoUnit.DAYS).plus(DAY);
        town.whoop().onNotice(told::note);
    }

    /** Lives through all of it and holds what is held against what happened. */
    Outcome run() {
        live();
        Tally.Costs costs = tally.costs();
        runQuietDays();
        return reckon(costs);
    }

    /** After a run: compares once more, for who has changed something in between. */
    List<Difference> compareAgain() {
        return reckon(tally.costs()).differences();
    }

    private void live() {
        driver.runUntil(dayOne); // to midnight
        connectEverybody();
        Instant until = dayOne.plus(DAY.multipliedBy(scenario.days()));
        tally.dayOne(dayOne, until);
        plan.write(driver, scenario, dayOne);
        for (int day = 1; day <= scenario.days(); day++) {
            runDay("day %d of %d".formatted(day, scenario.days()));
        }
        quietSince = until;
    }

    private void connectEverybody() {
        Onboarding onboarding = new Onboarding(driver, consent, town, scenario);
        for (int day = 1; !onboarding.isDone() || held.openBackfills() > 0; day++) {
            if (day > MOST_DAYS_OF_CONNECTING) {
                throw new SandboxFailure(
                        "not everybody was connected and read in " + MOST_DAYS_OF_CONNECTING + " days");
            }
            onboarding.plan(town.clock().instant());
            runDay("connecting, day " + day);
        }
        dayOne = town.clock().instant();
    }

    private void runQuietDays() {
        for (int day = 1; day <= QUIET_DAYS; day++) {
            runDay("quiet day %d of %d".formatted(day, QUIET_DAYS));
        }
    }

    private void runDay(String name) {
        long calls = tally.calls();
        driver.runUntil(town.clock().instant().plus(DAY));
        out.printf(
                "%6.1f s  %s: %d calls, %d answers 429%n", seconds(), name, tally.calls() - calls, tally.throttled());
        out.flush();
    }

    private Outcome reckon(Tally.Costs costs) {
        Comparison comparison = new Comparison(town.whoop(), held, quietSince);
        UnifiedComparison unified = new UnifiedComparison(caller);
        Commits commits = new Commits();
        Set<String> gone = plan.gone();
        Set<String> everGone = plan.everGone();
        LocalDate today = LocalDate.ofInstant(town.clock().instant(), ZoneOffset.UTC);
        forEachMember(
                member -> { // nothing moves any more, so they need not take turns
                    String userId = member.userId();
                    if (gone.contains(userId)) {
                        requireNoticed(userId, comparison);
                        return;
                    }
                    Map<String, List<JsonNode>> records = comparison.compare(userId);
                    if (!everGone.contains(userId)) {
                        commits.add(member.whoopUserId(), held.versions(userId), held.tombstones(userId));
                    }
                    unified.compare(userId, records, today.minusDays(READ_DAYS), today)
                            .forEach(comparison::add);
                });
        return new Outcome(
                costs,
                told.delivered(commits, dayOne, quietSince),
                told.lost(commits, dayOne, quietSince),
                List.of(
                        comparison.summary(),
                        unified.days() + " unified days compared",
                        gone.size() + " members who revoked and stayed away left out",
                        plan.summary()),
                comparison.differences());
    }

    /** Several at a time, since most of it is waiting for answers. */
    private void forEachMember(Consumer<Person> work) {
        ExecutorService readers = Executors.newFixedThreadPool(HeldStore.CONNECTIONS);
        try {
            town.members().stream()
                    .map(member -> CompletableFuture.runAsync(() -> work.accept(member), readers))
                    .toList()
                    .forEach(CompletableFuture::join);
        } finally {
            readers.shutdownNow();
        }
    }

    /** Whoever took their consent back must be known for it: the next quiet hour asks in vain. */
    private void requireNoticed(String userId, Comparison comparison) {
        String state = held.connectionState(userId);
        if (!state.equals("reauthorization_required")) {
            comparison.add(new Difference(userId + " connection", "state"));
        }
    }

    private double seconds() {
        return (System.nanoTime() - startNanos) / 1e9;
    }
}
