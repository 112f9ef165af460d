package io.holisticos.whoop.connect;

/** What connecting needs from the rest of the house. */
public record Surroundings(ConnectionListener listener, ModuleSwitch moduleSwitch, LastSynced lastSynced) {}
