package io.holisticos.whoop.connect;

import io.holisticos.audit.SecurityEvents;

/** What connecting needs from the rest of the house. */
public record Surroundings(
        ConnectionListener listener,
        ModuleSwitch moduleSwitch,
        LastSynced lastSynced,
        Admission admission,
        SecurityEvents security) {}
