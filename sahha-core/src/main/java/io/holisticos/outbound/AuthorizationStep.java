package io.holisticos.outbound;

import io.holisticos.health.Deadline;
import java.util.HashMap;
import java.util.Map;

/** Adds the credential; after a 401 renews it and asks for one more try, with a permit of its own. */
final class AuthorizationStep implements Step {

    private final Authorization authorization;

    AuthorizationStep(Authorization authorization) {
        this.authorization = authorization;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        Map<String, String> credential = authorization.headers(call, deadline);
        Map<String, String> headers = new HashMap<>(call.headers());
        headers.putAll(credential);
        Reply reply = next.go(
                new Call(call.key(), call.who(), call.method(), call.uri(), headers, call.body(), call.repeatable()),
                deadline);
        if (reply.status() == 401 && authorization.renew(call, credential, deadline)) {
            throw new Renewed(reply);
        }
        return reply;
    }

    /** A fresh credential is at hand. Travels only inside this package, up to the retry. */
    static final class Renewed extends RuntimeException {

        private final transient Reply reply;

        private Renewed(Reply reply) {
            super("the credential was renewed", null, false, false);
            this.reply = reply;
        }

        /** The refusal of the old credential. */
        Reply reply() {
            return reply;
        }
    }
}
