package io.holisticos.outbound;

import io.holisticos.health.Deadline;

/** One concern around an exchange. Steps stand in a fixed order and each decides whether and how to go on. */
interface Step {

    Reply run(Call call, Deadline deadline, Next next);

    /** What stands behind a step. */
    @FunctionalInterface
    interface Next {
        Reply go(Call call, Deadline deadline);
    }
}
