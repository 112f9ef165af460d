package io.holisticos.twins.http;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The ways a twin can misbehave on demand. */
public enum FaultKind {
    /** Answers with the rule's status (500) and no body. */
    STATUS,
    /** Answers correctly, but late. */
    LATENCY,
    /** Sends headers and then nothing more. */
    HANG,
    /** Breaks the TCP connection with RST. */
    RESET,
    /** 200 with bytes that are not JSON. */
    GARBAGE,
    /** Promises more bytes than it sends, then closes. */
    TRUNCATE,
    /** The correct answer, one byte at a time. */
    DRIP,
    /** 200 with ten megabytes. */
    LARGE,
    /** An HTML page as an edge in front of the service would send it (502). */
    HTML,
    /** Reads by id answer 404, as right after an event. */
    NOT_YET,
    /** 429 for the quota of a minute. */
    QUOTA_MINUTE,
    /** 429 for the quota of a day. */
    QUOTA_DAY,
    /** A refresh rotates the tokens and then the connection drops. */
    LOST_REFRESH_REPLY;

    /** The kinds that every twin supports; the routes of a service support the others. */
    public static final Set<FaultKind> GENERAL =
            EnumSet.of(STATUS, LATENCY, HANG, RESET, GARBAGE, TRUNCATE, DRIP, LARGE, HTML);

    /** The word used in JSON, such as {@code quota-minute}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of that word. */
    public static Optional<FaultKind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findAny();
    }
}
