package io.holisticos.outbound;

import io.holisticos.health.MessageForOperators;

/** A reply with a status that means failure: the reason, for operators, why the other side counts as unavailable. */
final class FailedReply extends RuntimeException implements MessageForOperators {

    FailedReply(Call call, Reply reply) {
        super(
                "status " + reply.status() + " for " + call.key(),
                null,
                false,
                false); // the stack trace would add nothing
    }
}
