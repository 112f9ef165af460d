package io.holisticos.whoop.connect;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** What goes wrong for many at once is said once a minute for each cause, with how often it was not said. Thread-safe. */
final class Causes {

    private static final Duration SILENCE = Duration.ofMinutes(1);

    /** Causes are few: kinds of trouble and statuses. */
    private static final int MOST = 100;

    private final Map<String, Said> said = new HashMap<>();
    private final Clock clock;

    Causes(Clock clock) {
        this.clock = clock;
    }

    private record Said(Instant at, int keptQuiet) {}

    /** How often this was kept quiet since it was said last; empty when it is to be kept quiet now. */
    synchronized OptionalInt toBeSaid(String cause) {
        Instant now = clock.instant();
        Said last = said.get(cause);
        if (last != null && now.isBefore(last.at().plus(SILENCE))) {
            said.put(cause, new Said(last.at(), last.keptQuiet() + 1));
            return OptionalInt.empty();
        }
        if (said.size() >= MOST) {
            said.clear();
        }
        said.put(cause, new Said(now, 0));
        return OptionalInt.of(last == null ? 0 : last.keptQuiet());
    }
}
