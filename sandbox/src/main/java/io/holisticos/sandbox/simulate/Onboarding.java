package io.holisticos.sandbox.simulate;

import io.holisticos.sandbox.SandboxFailure;
import io.holisticos.twins.world.Person;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/** The days before day 1: everybody connects, as many a day as the quota can carry beside those who are there already. */
final class Onboarding {

    /** Calls of a day that may be spent; WHOOP grants 10,000, and the governor keeps some back. */
    private static final int DAILY_CALLS = 9_500;

    /** What a connected member costs on a usual day. */
    private static final double USUAL_COST = 4.6;

    /** Profile, body, thirty days of four collections; and the pages of the backfill. */
    private static final int FIRST_SYNC = 11;

    private static final int DAYS_PER_PAGE = 25;
    private static final int FIRST_WINDOW_DAYS = 30;
    private static final int COLLECTIONS = 4;
    private static final int FEWEST_A_DAY = 20;
    private static final Duration FIRST_OF_DAY = Duration.ofMinutes(10);
    private static final Duration OPENING_HOURS = Duration.ofHours(20);

    /** So many come in one moment: their first syncs go on side by side, as they would if it were not for the clock. */
    private static final int TOGETHER = 4;

    private static final Duration AGAIN = Duration.ofMinutes(5);

    private final Driver driver;
    private final Consent consent;
    private final Deque<Person> waiting;
    private final int all;
    private final double costOfOne;
    private int connected;

    Onboarding(Driver driver, Consent consent, Town town, Scenario scenario) {
        this.driver = driver;
        this.consent = consent;
        this.waiting = new ArrayDeque<>(town.members());
        this.all = waiting.size();
        int older = Math.max(0, scenario.history() - FIRST_WINDOW_DAYS);
        this.costOfOne = FIRST_SYNC + COLLECTIONS * (1 + older / DAYS_PER_PAGE) + USUAL_COST / 2; // of half a day
    }

    /** Plans a day's consents. */
    void plan(Instant day) {
        double room = DAILY_CALLS - connected * USUAL_COST;
        int today = (int) Math.min(waiting.size(), Math.max(FEWEST_A_DAY, room / costOfOne));
        for (int i = 0; i < today; i += TOGETHER) {
            int together = Math.min(TOGETHER, today - i);
            Instant moment =
                    day.plus(FIRST_OF_DAY).plus(OPENING_HOURS.multipliedBy(i).dividedBy(today));
            driver.at(moment, () -> connect(next(together), moment, moment));
        }
    }

    /** Whether everybody is connected. */
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
        Instant later = moment.plus(AGAIN);
        if (later.isAfter(since.plus(Duration.ofDays(2)))) {
            throw new SandboxFailure(refused.size() + " members could not connect for two days");
        }
        driver.at(later, () -> connect(refused, since, later));
    }
}
