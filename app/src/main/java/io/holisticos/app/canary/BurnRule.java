package io.holisticos.app.canary;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether an objective burns: it is missed at more than {@value #PACE} times the pace that its budget allows, over a long window,
 * so that it is about something, and over a short one, so that it still goes on. Few requests, or few that missed, say nothing.
 */
final class BurnRule {

    /** The slower pace at which the alerts of these objectives wake somebody. */
    static final int PACE = 6;

    /** One that missed, or a few at a restart of something, is more than a budget of 0.1 % allows, and no reason to switch. */
    static final int LEAST_MISSED = 5;

    private final int least;

    /** @param least with fewer in the short window nothing is concluded */
    BurnRule(int least) {
        this.least = least;
    }

    /** An objective that burns, with what was counted of it. */
    record Burn(Objective objective, Tally shortly, Tally longer) {}

    /** What there was in a window; an objective that is not there had nothing. */
    record Window(Map<Objective, Tally> tallies) {

        Window {
            Map<Objective, Tally> copy = new EnumMap<>(Objective.class);
            copy.putAll(tallies);
            tallies = copy;
        }

        Tally of(Objective objective) {
            return tallies.getOrDefault(objective, Tally.NONE);
        }

        Window since(Window earlier) {
            Map<Objective, Tally> since = new EnumMap<>(Objective.class);
            tallies.forEach((objective, tally) -> since.put(objective, tally.since(earlier.of(objective))));
            return new Window(since);
        }
    }

    /** The first objective that burns, in the order of {@link Objective}. */
    Optional<Burn> verdict(Window shortly, Window longer) {
        for (Objective objective : Objective.values()) {
            if (burns(objective, shortly.of(objective)) && burns(objective, longer.of(objective))) {
                return Optional.of(new Burn(objective, shortly.of(objective), longer.of(objective)));
            }
        }
        return Optional.empty();
    }

    private boolean burns(Objective objective, Tally tally) {
        return tally.all() >= least && tally.missed() >= LEAST_MISSED && tally.share() > PACE * objective.budget();
    }
}
