package io.holisticos.sahha.data;

import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * When and where a member was last seen.
 *
 * @param offset null when no record of the member has an offset
 */
public record LastSeen(Instant at, @Nullable ZoneOffset offset) {}
