package io.holisticos.health;

import java.time.Duration;

/** What a source answered, and how long that took. */
public record TimedAnswer(SourceAnswer answer, Duration took) {}
