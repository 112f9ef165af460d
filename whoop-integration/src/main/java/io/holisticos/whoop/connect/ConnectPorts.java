package io.holisticos.whoop.connect;

import io.holisticos.audit.SecurityEvents;

/** What connecting needs from other packages. */
public record ConnectPorts(
        ConnectionListener listener,
        ModuleSwitch moduleSwitch,
        LastSynced lastSynced,
        Admission admission,
        SecurityEvents security) {}
