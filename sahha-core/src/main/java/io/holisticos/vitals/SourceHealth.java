package io.holisticos.vitals;

/** The health of one source, as its JSON shows it; each source has fields of its own besides. */
public interface SourceHealth {

    HealthStatus status();
}
