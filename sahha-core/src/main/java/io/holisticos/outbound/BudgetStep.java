package io.holisticos.outbound;

import io.holisticos.health.Deadline;

/** Takes a permit for every attempt, and lets the budget learn what each reply says about the quota. */
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
