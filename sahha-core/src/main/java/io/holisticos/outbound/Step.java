package io.holisticos.outbound;

import io.holisticos.health.Deadline;

/** One concern around an exchange. Steps run in a fixed order; each decides whether and how the next one runs. */
interface Step {

    Reply run(Call call, Deadline deadline, Next next);

    /** The steps after this one. */
    @FunctionalInterface
    interface Next {
        Reply go(Call call, Deadline deadline);
    }
}
