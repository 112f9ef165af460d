package io.holisticos.web;

import java.util.Locale;

/** The outcome of a webhook delivery: its HTTP status and the last part of its counter's name. */
public enum WebhookOutcome {
    /** New and durably stored; a job will process it. */
    STORED(204),
    /** Already stored. */
    DUPLICATE(204),
    /** Stored; its type is unknown, so it is not processed. */
    UNKNOWN_TYPE(204),
    /** Stored; its member is not known yet. */
    PARKED(204),
    /** Not JSON, or encoded. */
    WRONG_CONTENT_TYPE(415),
    TOO_LARGE(413),
    /** Without a signature, or with a wrong one. */
    BAD_SIGNATURE(401),
    /** Correctly signed, but too long ago or in the future. */
    BAD_AGE(401),
    /** Correctly signed, but not an event of the documented form. */
    GARBAGE(400),
    /** Could not be stored; the sender should try again. */
    UNAVAILABLE(503);

    private final int status;

    WebhookOutcome(int status) {
        this.status = status;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Whether the sender need not send it again. */
    public boolean isAcknowledged() {
        return status < 300;
    }

    /** Its name in counters and log lines. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
