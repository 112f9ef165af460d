package io.holisticos.app;

/** Where this runs: the one setting that decides what only a sandbox may. */
public enum Deployment {
    /** Real members: long keys, https, nobody on this machine stands for Sahha or WHOOP, no sample secrets. */
    PRODUCTION,
    /** Synthetic people on a developer's machine, or tests. */
    SANDBOX
}
