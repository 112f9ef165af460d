package io.holisticos.whoop.quota;

import java.util.Locale;

/** What a call to WHOOP is for. Each lane has a guaranteed share of the quota; the order is the rank in borrowing. */
public enum Lane {
    /** Somebody waits for it: consent, a first sync's newest days, a sync that was asked for. */
    INTERACTIVE(0),
    /** WHOOP said that something changed. */
    WEBHOOK(1),
    /** A regular look at what no event told. */
    RECONCILE(2),
    /** Days long past. */
    BACKFILL(3);

    static final int COUNT = 4;

    /** As the database keeps it; the lower, the higher its rank. */
    final int number;

    Lane(int number) {
        this.number = number;
    }

    static Lane of(int number) {
        for (Lane lane : values()) {
            if (lane.number == number) {
                return lane;
            }
        }
        throw new IllegalArgumentException("no lane " + number);
    }

    /** As reports and metrics name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
