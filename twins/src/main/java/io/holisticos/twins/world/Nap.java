package io.holisticos.twins.world;

import java.time.Instant;
import java.time.ZoneOffset;

/** A short sleep by day, within the body's day of that number. */
public record Nap(long day, Instant start, Instant end, ZoneOffset offset, Stages stages, double respiratoryRate) {}
