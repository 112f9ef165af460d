package io.holisticos.app.canary;

import io.holisticos.command.Command;
import io.holisticos.command.CommandSnapshot;
import io.holisticos.command.Commands;
import io.holisticos.command.Event;
import io.holisticos.health.SourceName;
import java.util.List;

/**
 * Counts calls that a source answered, or should have. Those that the quota or our own bulkheads held back, and those that were our
 * mistake, say nothing of the source: callers who press at once would decide. Nor do those that a breaker held back, which full
 * bulkheads open, too; what the source failed at before is counted.
 */
final class SourceCalls {

    /** Ends the key of the command that reads the source's data in our own database. */
    private static final String STORE = "_STORE";

    private static final List<Event> MISSED = List.of(Event.FAILURE, Event.TIMEOUT);

    private SourceCalls() {}

    static Tally failures(SourceName source, Commands commands) {
        return commands.all().stream()
                .filter(command -> command.target().equals(source))
                .filter(command -> !command.key().name().endsWith(STORE))
                .map(SourceCalls::failures)
                .reduce(Tally.NONE, Tally::plus);
    }

    private static Tally failures(Command command) {
        CommandSnapshot.Counts counts = command.snapshot().counts();
        long missed = MISSED.stream().mapToLong(counts::cumulative).sum();
        return new Tally(counts.cumulative(Event.SUCCESS) + missed, missed);
    }
}
