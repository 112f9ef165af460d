package io.holisticos.health;

import java.time.Instant;
import java.time.ZoneOffset;

/** When, and at which UTC offset, a person was last observed. This decides which day is today for them. */
public record Observation(Instant at, ZoneOffset offset) {}
