package io.holisticos.vitals;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * How a source does. Its module implements this, and the probes ask it. Nothing here calls the source. Thread-safe.
 *
 * @param <S> what only the source's database knows
 */
public interface SourceVitals<S> {

    /** By command key: {@code closed}, {@code open}, {@code half_open}; only commands that were called. Answers at once. */
    SortedMap<String, String> breakers();

    /**
     * What only the source's database knows; takes as long as it takes.
     *
     * @throws io.holisticos.health.HealthError.SourceUnavailable when the database does not answer
     */
    S readStored();

    /**
     * Whether the parts that readiness shows besides database and breakers do well, by name, in the order shown. Answers
     * at once.
     *
     * @param stored empty when it could not be read, for which no part is to blame
     */
    Map<String, Boolean> parts(Optional<S> stored);

    /** The health of the source, computed at once from what the probes found. */
    SourceHealth health(Findings<S> findings);

    /**
     * What the probes of a source found.
     *
     * @param database down when it does not answer
     * @param enabled whether the source is switched on for any member; empty when that cannot be read
     * @param stored empty when it cannot be read
     */
    record Findings<S>(HealthStatus database, Optional<Boolean> enabled, Optional<S> stored) {}
}
