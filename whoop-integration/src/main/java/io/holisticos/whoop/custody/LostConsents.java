package io.holisticos.whoop.custody;

import com.codahale.metrics.Counter;
import com.codahale.metrics.MetricRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connections that ended because WHOOP refused them, until the member consents again. Thread-safe. */
final class LostConsents {

    private static final Logger log = LoggerFactory.getLogger(LostConsents.class);

    private final Counter count = new Counter();

    /** Counts and logs one, once it is in the database. */
    void note(String member, String reason) {
        count.inc();
        log.info("event=connection_needs_consent provider=whoop member={} reason={}", member, reason);
    }

    /** Counter {@code whoop.consents.lost}: of this process, each connection once. */
    void register(MetricRegistry metrics) {
        Counter unused = metrics.counter("whoop.consents.lost", () -> count);
    }
}
