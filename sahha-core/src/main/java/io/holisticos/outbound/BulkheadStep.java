package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import java.util.function.Function;

/**
 * Gives every command key a bounded part of the process, and an end: what is behind it runs on one of the key's threads,
 * or in one of its permits, and has the key's time limit.
 */
final class BulkheadStep implements Step {

    private final Function<CommandKey, Command> commands;

    BulkheadStep(Function<CommandKey, Command> commands) {
        this.commands = commands;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        return commands.apply(call.key()).isolated(deadline, within -> next.go(call, within));
    }
}
