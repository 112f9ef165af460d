package io.holisticos.twins.world;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * Movement of one local date, up to now if the date is not over.
 *
 * @param from local midnight, by the offset at noon of that date
 * @param to the last second of the date (23:59:59), also of one still open
 * @param open whether the date is not over
 */
public record ActivityDay(
        LocalDate date, ZoneOffset offset, Instant from, Instant to, boolean open, Activity activity) {}
