package io.holisticos.audit;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.trace.RequestContext;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refusals that may be an attack. Each one is a line {@code event=security} with the client's address and the name of the
 * key, and a mark of meter {@code security.<kind>}. The logging context of the line names the request. Thread-safe.
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
        /** A consent came back in another browser, twice, or with a state that we did not issue. */
        CALLBACK_REFUSED,
        /** A webhook was not signed with the key of its sender. */
        SIGNATURE_REFUSED,
        /** A webhook was signed correctly, but too long ago. */
        REPLAY_REFUSED;

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

    private Meter meter(Kind kind) {
        return metrics.meter(MetricRegistry.name("security", kind.word()));
    }
}
