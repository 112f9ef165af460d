package io.holisticos.outbound;

import io.holisticos.command.Command;
import io.holisticos.command.CommandKey;
import io.holisticos.command.ExecutionOutcome;
import io.holisticos.health.Deadline;
import io.holisticos.health.SourceName;
import io.holisticos.health.WhatFailed;
import io.holisticos.outbound.AuthorizationStep.Renewed;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops calls that keep failing, with one breaker for each command key, and counts how every attempt ended. Only the other
 * side fails: with no answer, 5xx or an unusable reply. Back-pressure (429, our own budget), trouble with our own database
 * and the caller's mistakes are no failures.
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
        log(call.key(), attempt);
        if (attempt.outcome().callsForFallback()) {
            command.countFallback(attempt.failure(), call.hasFallback());
        } else if (attempt.outcome() == ExecutionOutcome.THROTTLED || reachesTheCaller(attempt.failure())) {
            command.countException();
        }
        return attempt.orThrow();
    }

    /** Logs failures of the other side; a call that was not let through is only their consequence. */
    private void log(CommandKey key, Command.Attempt<Reply> attempt) {
        if (attempt.outcome() != ExecutionOutcome.FAILURE && attempt.outcome() != ExecutionOutcome.TIMEOUT) {
            return;
        }
        Reply reply = attempt.value();
        RuntimeException failure = attempt.failure();
        if (reply != null) {
            log.warn("event=call_failed source={} command={} status={}", target, key, reply.status());
        } else if (failure != null && !failedOnItsCredential(failure)) {
            String cause =
                    attempt.outcome() == ExecutionOutcome.TIMEOUT ? "no answer in time" : WhatFailed.inWords(failure);
            log.warn("event=call_failed source={} command={} cause=\"{}\"", target, key, cause);
        }
    }

    /** The call failed because its credential could not be fetched; the call for the credential has its own log line. */
    private static boolean failedOnItsCredential(RuntimeException failure) {
        return failure.getCause() instanceof ExecutionOutcome.NotRun notRun
                && notRun.outcome() != ExecutionOutcome.TIMEOUT;
    }

    private static boolean reachesTheCaller(@Nullable RuntimeException failure) {
        return failure != null && !(failure instanceof Renewed);
    }

    private static ExecutionOutcome outcomeOf(Reply reply) {
        int status = reply.status();
        if (status == 429) {
            return ExecutionOutcome.THROTTLED;
        }
        if (status >= 500) {
            return ExecutionOutcome.FAILURE;
        }
        return status >= 400 ? ExecutionOutcome.BAD_REQUEST : ExecutionOutcome.SUCCESS;
    }

    private static ExecutionOutcome outcomeOf(RuntimeException failure) {
        return failure instanceof Renewed ? ExecutionOutcome.BAD_REQUEST : ExecutionOutcome.ofCall(failure);
    }
}
