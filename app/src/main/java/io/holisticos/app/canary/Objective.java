package io.holisticos.app.canary;

import java.util.Locale;

/** The objectives of {@code deploy/prometheus/rules/slo.yml} that a source which is on for a share of members can hurt. */
enum Objective {
    /** Unified and existing answers that are not 5xx, 99.9 %. */
    AVAILABILITY(0.001),
    /** Unified answers within 3 s, 95 %. */
    UNIFIED_LATENCY(0.05),
    /** Calls of the source that do not fail, 95 %. */
    SOURCE_ERRORS(0.05);

    private final double budget;

    Objective(double budget) {
        this.budget = budget;
    }

    /** The share that may miss the objective. */
    double budget() {
        return budget;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
