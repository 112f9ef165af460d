package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.environment.SandboxFailure;
import io.holisticos.twins.world.Person;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** The days before day 1: members connect, as many a day as the quota allows beside those who already are. */
final class Onboarding {

    /** Calls that a day may use; WHOOP grants 10,000, and the quota governor keeps some back. */
    private static final int DAILY_CALLS = 9_500;

    /** Calls of a connected member on a usual day. */
    private static final double USUAL_COST = 4.6;

    /** Calls for the profile, the body measurement and thirty days of four collections; backfill pages come on top. */
    private static final int FIRST_SYNC = 11;

    private static final int DAYS_PER_PAGE = 25;
    private static final int FIRST_WINDOW_DAYS = 30;
    private static final int COLLECTIONS = 4;
    private static final int FEWEST_A_DAY = 20;
    private static final Duration FIRST_OF_DAY = Duration.ofMinutes(10);
    private static final Duration OPENING_HOURS = Duration.ofHours(20);

    /** How many members connect at the same moment, so that their first syncs run in parallel. */
    private static final int TOGETHER = 4;

    private static final Duration RETRY_AFTER = Duration.ofMinutes(5);

    private final ClockDriver driver;
    private final Consent consent;
    private final Deque<Person> waiting;
    private final int all;
    private final double costOfOne;
    private int connected;

    Onboarding(ClockDriver driver, Consent consent, SimulatedDeployment deployment, Scenario scenario) {
        this.driver = driver;
        this.consent = consent;
        this.waiting = new ArrayDeque<>(deployment.members());
        this.all = waiting.size();
        int older = Math.max(0, scenario.history() - FIRST_WINDOW_DAYS);
        this.costOfOne = FIRST_SYNC
                + COLLECTIONS * (1 + older / DAYS_PER_PAGE)
                + USUAL_COST / 2; // on the day of connecting, half of it on average
    }

    /** Plans who connects on that day, and when. */
    void plan(Instant day) {
        double callsLeft = DAILY_CALLS - connected * USUAL_COST;
        int today = (int) Math.min(waiting.size(), Math.max(FEWEST_A_DAY, callsLeft / costOfOne));
        for (int i = 0; i < today; i += TOGETHER) {
            int together = Math.min(TOGETHER, today - i);
            Instant moment =
                    day.plus(FIRST_OF_DAY).plus(OPENING_HOURS.multipliedBy(i).dividedBy(today));
            driver.at(moment, () -> connect(next(together), moment, moment));
        }
    }

    /** Whether all members are connected. */
    boolean isDone() {
        return connected == all;
    }

    private List<Person> next(int some) {
        return Stream.generate(waiting::remove).limit(some).toList();
    }

    private void connect(List<Person> members, Instant since, Instant moment) {
        List<Person> refused = members.parallelStream()
                .filter(member -> !consent.connect(member))
                .toList();
        connected += members.size() - refused.size();
        if (refused.isEmpty()) {
            return;
        }
        Instant later = moment.plus(RETRY_AFTER);
        if (later.isAfter(since.plus(Duration.ofDays(2)))) {
            throw new SandboxFailure(refused.size() + " members could not connect for two days");
        }
        driver.at(later, () -> connect(refused, since, later));
    }
}
