package io.holisticos.audit;

import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import io.holisticos.trace.RequestContext;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Refusals that may be an attack: each is a line {@code event=security}, with the client's address and the name of the key,
 * and a mark of meter {@code security.<kind>}. Which request it was stands in the logging context of the line. Thread-safe.
 */
public final class SecurityEvents {

    private static final Logger log = LoggerFactory.getLogger(SecurityEvents.class);

    private final MetricRegistry metrics;

    /** The meters of all kinds are there from the start, at 0. */
    public SecurityEvents(MetricRegistry metrics) {
        this.metrics = metrics;
        for (Kind kind : Kind.values()) {
            meter(kind);
        }
    }

    /** What was refused. */
    public enum Kind {
        /** No credential where one is needed, or one we do not know. */
        AUTHENTICATION_FAILED,
        /** A known credential that may not do this. */
        FORBIDDEN,
        /** A change on the admin port without the right to it. */
        ADMIN_CHANGE_REFUSED,
        /** A consent brought back by a stranger's browser, twice, or with a state that we did not give out. */
        CALLBACK_REFUSED,
        /** A webhook that was not signed by who it says. */
        SIGNATURE_REFUSED,
        /** A webhook that was signed well but too long ago. */
        REPLAY_REFUSED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Notes a refusal.
     *
     * @param reason one of our own words, such as {@code unknown_state}: never anything that came with the request
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
