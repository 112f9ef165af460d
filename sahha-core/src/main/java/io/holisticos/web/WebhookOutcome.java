package io.holisticos.web;

import java.util.Locale;

/** How a delivered webhook ended: its status and the last part of its counter's name. */
public enum WebhookOutcome {
    /** New, durably stored, and work for a job. */
    STORED(204),
    /** Stored before. */
    DUPLICATE(204),
    /** Stored; of a kind that we do not know, so nothing follows from it. */
    UNKNOWN_TYPE(204),
    /** Stored; of somebody we do not know yet. */
    PARKED(204),
    /** Not JSON, or packed JSON. */
    WRONG_CONTENT_TYPE(415),
    TOO_LARGE(413),
    /** Not signed by whom it should be, or not at all. */
    BAD_SIGNATURE(401),
    /** Signed well, but too long ago, or in the future. */
    BAD_AGE(401),
    /** Signed well, but not what was agreed upon. */
    GARBAGE(400),
    /** Could not be stored: the sender is to try again. */
    UNAVAILABLE(503);

    private final int status;

    WebhookOutcome(int status) {
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Whether the sender need not try again. */
    public boolean isAcknowledged() {
        return status < 300;
    }

    /** As counters and log lines name it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
