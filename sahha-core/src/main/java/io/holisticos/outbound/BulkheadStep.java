package io.holisticos.outbound;

import io.holisticos.command.Command;
import io.holisticos.command.CommandKey;
import io.holisticos.health.Deadline;
import java.util.function.Function;

/**
 * Gives every command key a bounded share of the process: the following steps run on one of the key's threads or with one of
 * its permits, within the key's time limit.
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
