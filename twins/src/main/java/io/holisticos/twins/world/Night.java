package io.holisticos.twins.world;

import java.time.Instant;
import java.time.ZoneOffset;

/**
 * One sleep that is no nap.
 *
 * @param day the body's day that begins with this awakening
 * @param offset in force at the awakening
 * @param measured false when the strap recorded too little to score the night
 */
public record Night(
        long day, Instant start, Instant end, ZoneOffset offset, Stages stages, Vitals vitals, boolean measured) {}
