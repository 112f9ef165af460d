package io.holisticos.ring;

import io.holisticos.vitals.HealthStatus;
import io.holisticos.vitals.SourceVitals;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** How the ring does: it calls nobody and has no parts of its own. */
public final class RingVitals implements SourceVitals<Integer> {

    private final RingSource ring;

    public RingVitals(RingSource ring) {
        this.ring = ring;
    }

    @Override
    public SortedMap<String, String> breakers() {
        return Collections.unmodifiableSortedMap(new TreeMap<>());
    }

    @Override
    public Integer readStored() {
        return ring.members();
    }

    @Override
    public Map<String, Boolean> parts(Optional<Integer> stored) {
        return Map.of();
    }

    @Override
    public RingHealth health(Findings<Integer> findings) {
        HealthStatus status = findings.enabled().orElse(true) ? findings.database() : HealthStatus.DISABLED;
        return new RingHealth(status, findings.stored().orElse(null));
    }
}
