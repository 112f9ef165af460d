package io.holisticos.app.probes;

/** What keeps callers away while nothing is wrong. */
public record Traffic(WarmUp warmUp, Drain drain) {}
