package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import java.util.Map;

/** Adds the credential. After a 401 it renews the credential and asks for one more attempt, which takes its own permit. */
final class AuthorizationStep implements Step {

    private final Authorization authorization;

    AuthorizationStep(Authorization authorization) {
        this.authorization = authorization;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        Map<String, String> credential = authorization.headers(call, deadline);
        Reply reply = next.go(call.withHeaders(credential), deadline);
        if (reply.status() == 401 && authorization.renew(call, credential, deadline)) {
            throw new Renewed(reply);
        }
        return reply;
    }

    /** The credential was renewed. Only {@link RetryStep} catches this. */
    static final class Renewed extends RuntimeException {

        private final transient Reply reply;

        private Renewed(Reply reply) {
            super("the credential was renewed", null, false, false);
            this.reply = reply;
        }

        /** The 401 that the old credential received. */
        Reply reply() {
            return reply;
        }
    }
}
