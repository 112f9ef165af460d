package io.holisticos.app.admin.prometheus;

import io.prometheus.metrics.model.snapshots.Labels;

/**
 * Where one of Dropwizard's metrics is shown.
 *
 * @param family without {@code _total}
 */
record Placement(Kind kind, String family, Labels labels, String help) {

    private static final Placement NOWHERE = new Placement(Kind.HIDDEN, "", Labels.EMPTY, "");

    /** How the number of a metric is read. */
    enum Kind {
        /** It only grows. */
        COUNTER,
        GAUGE,
        /** A gauge where a negative number means that the number is not known. */
        KNOWN,
        /** A timer, whose quantiles are in seconds, or a histogram. */
        SUMMARY,
        HIDDEN
    }

    static Placement nowhere() {
        return NOWHERE;
    }

    boolean isShown() {
        return kind != Kind.HIDDEN;
    }
}
