package io.holisticos.outbound;

import io.holisticos.health.SaidForOperators;

/** The other side answered that it failed: why it is unavailable, in words for operators. */
final class FailedReply extends RuntimeException implements SaidForOperators {

    FailedReply(Call call, Reply reply) {
        super("status " + reply.status() + " for " + call.key(), null, false, false); // where it happened says nothing
    }
}
