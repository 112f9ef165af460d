package io.holisticos.outbound;

/** The other side answered that it failed: why it is unavailable, in words for operators. */
final class FailedReply extends RuntimeException {

    FailedReply(Call call, Reply reply) {
        super("status " + reply.status() + " for " + call.key(), null, false, false); // where it happened says nothing
    }
}
