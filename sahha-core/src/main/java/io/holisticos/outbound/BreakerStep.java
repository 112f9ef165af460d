package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import io.holisticos.outbound.AuthorizationStep.Renewed;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stops calling what keeps failing, one breaker for each command key, and counts what every attempt came to. Failures are
 * the other side's: no answer, 5xx, nonsense. Back-pressure (429, our own budget), our own database and what the caller
 * did wrong are none.
 */
final class BreakerStep implements Step {

    private final Function<CommandKey, Command> commands;

    BreakerStep(Function<CommandKey, Command> commands) {
        this.commands = commands;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        Command command = commands.apply(call.key());
        Command.Attempt<Reply> attempt =
                command.attempt(() -> next.go(call, deadline), BreakerStep::outcomeOf, BreakerStep::outcomeOf);
        if (attempt.outcome().callsForFallback()) {
            command.countFallback(attempt.failure(), call.held());
        } else if (attempt.outcome() == Outcome.THROTTLED || isForTheCaller(attempt.failure())) {
            command.countException();
        }
        return attempt.orThrow();
    }

    private static boolean isForTheCaller(@Nullable RuntimeException failure) {
        return failure != null && !(failure instanceof Renewed);
    }

    private static Outcome outcomeOf(Reply reply) {
        int status = reply.status();
        if (status == 429) {
            return Outcome.THROTTLED;
        }
        if (status >= 500) {
            return Outcome.FAILURE;
        }
        return status >= 400 ? Outcome.BAD_REQUEST : Outcome.SUCCESS;
    }

    private static Outcome outcomeOf(RuntimeException failure) {
        return failure instanceof Renewed ? Outcome.BAD_REQUEST : Outcome.ofCall(failure);
    }
}
