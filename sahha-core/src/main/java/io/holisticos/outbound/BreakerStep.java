package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import io.holisticos.health.SourceName;
import io.holisticos.health.WhatFailed;
import io.holisticos.outbound.AuthorizationStep.Renewed;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops calling what keeps failing, one breaker for each command key, and counts what every attempt came to. Failures are
 * the other side's: no answer, 5xx, nonsense. Back-pressure (429, our own budget), our own database and what the caller
 * did wrong are none.
 */
final class BreakerStep implements Step {

    private static final Logger log = LoggerFactory.getLogger(BreakerStep.class);

    private final SourceName target;
    private final Function<CommandKey, Command> commands;

    BreakerStep(SourceName target, Function<CommandKey, Command> commands) {
        this.target = target;
        this.commands = commands;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        Command command = commands.apply(call.key());
        Command.Attempt<Reply> attempt =
                command.attempt(() -> next.go(call, deadline), BreakerStep::outcomeOf, BreakerStep::outcomeOf);
        say(call.key(), attempt);
        if (attempt.outcome().callsForFallback()) {
            command.countFallback(attempt.failure(), call.held());
        } else if (attempt.outcome() == Outcome.THROTTLED || isForTheCaller(attempt.failure())) {
            command.countException();
        }
        return attempt.orThrow();
    }

    /** What the other side did; that a call was not let through follows from it. */
    private void say(CommandKey key, Command.Attempt<Reply> attempt) {
        if (attempt.outcome() != Outcome.FAILURE && attempt.outcome() != Outcome.TIMEOUT) {
            return;
        }
        Reply reply = attempt.value();
        RuntimeException failure = attempt.failure();
        if (reply != null) {
            log.warn("event=call_failed source={} command={} status={}", target, key, reply.status());
        } else if (failure != null && !isHeldBackElsewhere(failure)) {
            String cause = attempt.outcome() == Outcome.TIMEOUT ? "no answer in time" : WhatFailed.inWords(failure);
            log.warn("event=call_failed source={} command={} cause=\"{}\"", target, key, cause);
        }
    }

    /** The credential it needed was not fetched: that call has a line of its own. */
    private static boolean isHeldBackElsewhere(RuntimeException failure) {
        return failure.getCause() instanceof Outcome.NotRun notRun && notRun.outcome() != Outcome.TIMEOUT;
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
