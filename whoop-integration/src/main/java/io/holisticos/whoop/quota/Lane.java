package io.holisticos.whoop.quota;

/** What a call to WHOOP is for. Each lane has a guaranteed share of the quota; the order is the rank in borrowing. */
public enum Lane {
    /** Somebody waits for it: consent, a first sync's newest days, a sync that was asked for. */
    INTERACTIVE,
    /** WHOOP said that something changed. */
    WEBHOOK,
    /** A regular look at what no event told. */
    RECONCILE,
    /** Days long past. */
    BACKFILL
}
