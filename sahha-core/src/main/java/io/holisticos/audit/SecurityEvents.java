package io.holisticos.audit;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.trace.RequestContext;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refusals that may be an attack, and changes of who gets in. Each one is a line {@code event=security}; a refusal names the
 * client's address and the name of the key, and marks meter {@code security.<kind>}. The logging context of the line names the
 * request. Thread-safe.
 */
public final class SecurityEvents {

    private static final Logger log = LoggerFactory.getLogger(SecurityEvents.class);

    private final MetricRegistry metrics;

    /** Registers the meters of all kinds at 0. */
    public SecurityEvents(MetricRegistry metrics) {
        this.metrics = metrics;
        for (Kind kind : Kind.values()) {
            meter(kind);
        }
    }

    /** The kind of a refusal. */
    public enum Kind {
        /** A credential was missing where one is needed, or is not known. */
        AUTHENTICATION_FAILED,
        /** A known credential does not allow this. */
        FORBIDDEN,
        /** A change on the admin port was tried without the right to it. */
        ADMIN_CHANGE_REFUSED,
        /** A page of the admin port was asked for without the right to it. */
        ADMIN_READ_REFUSED,
        /** A page of another origin tried to begin or to use a browser's session. */
        SESSION_REFUSED,
        /** A consent came back in another browser, twice, or with a state that we did not issue. */
        CALLBACK_REFUSED,
        /** A webhook was not signed with the key of its sender. */
        SIGNATURE_REFUSED,
        /** A webhook was signed correctly, but too long ago. */
        REPLAY_REFUSED,
        /** A caller sends more requests than a limit allows. Noted once a minute for each caller. */
        LIMIT_REACHED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Logs and counts a refusal.
     *
     * @param reason a word of our own, such as {@code unknown_state}; never a part of the request
     */
    public void note(Kind kind, String reason) {
        meter(kind).mark();
        Optional<RequestContext> request = RequestContext.current();
        log.info(
                "event=security kind={} reason={} client={} caller=\"{}\"",
                kind.word(),
                reason,
                request.map(RequestContext::client).orElse("none"),
                request.map(RequestContext::caller).orElse("none"));
    }

    /** A change of a service key by an operator. */
    public enum KeyChange {
        API_KEY_CREATED,
        /** Another key takes its place; it ends when their overlap is over. */
        API_KEY_ROTATED,
        API_KEY_REVOKED
    }

    /**
     * Logs a change of a key.
     *
     * @param id the public id of the key, which is no part of it
     * @param name made of plain words
     */
    public void note(KeyChange change, String id, String name) {
        log.info("event=security kind={} key={} caller=\"{}\"", change.name().toLowerCase(Locale.ROOT), id, name);
    }

    /** A browser's session. */
    public enum SessionChange {
        SESSION_BEGUN,
        SESSION_ENDED
    }

    /**
     * Logs that a browser signed in or out.
     *
     * @param port a word of our own
     */
    public void note(SessionChange change, String port) {
        Optional<RequestContext> request = RequestContext.current();
        log.info(
                "event=security kind={} port={} client={} caller=\"{}\"",
                change.name().toLowerCase(Locale.ROOT),
                port,
                request.map(RequestContext::client).orElse("none"),
                request.map(RequestContext::caller).orElse("none"));
    }

    private Meter meter(Kind kind) {
        return metrics.meter(MetricRegistry.name("security", kind.word()));
    }
}
