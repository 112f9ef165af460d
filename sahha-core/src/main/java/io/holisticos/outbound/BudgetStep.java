package io.holisticos.outbound;

import io.holisticos.health.Deadline;

/** Takes a permit for every attempt that leaves the house, and passes on what the other side says of its quota. */
final class BudgetStep implements Step {

    private final Budget budget;

    BudgetStep(Budget budget) {
        this.budget = budget;
    }

    @Override
    public Reply run(Call call, Deadline deadline, Next next) {
        budget.take(call);
        Reply reply = next.go(call, deadline);
        budget.learn(call, reply);
        return reply;
    }
}
