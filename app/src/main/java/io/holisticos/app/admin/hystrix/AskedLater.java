package io.holisticos.app.admin.hystrix;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** What was answered last to a question that may take a while: each look asks once more, and does not wait. Thread-safe. */
final class AskedLater implements BooleanSupplier {

    private final BooleanSupplier question;
    private final Executor later;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile boolean answer = true;

    /** The first answer is yes. */
    AskedLater(BooleanSupplier question, Executor later) {
        this.question = question;
        this.later = later;
    }

    @Override
    public boolean getAsBoolean() {
        if (answer && asking.compareAndSet(false, true)) {
            try {
                later.execute(this::ask);
            } catch (RejectedExecutionException ending) { // the service ends, and the response with it
                asking.set(false);
            }
        }
        return answer;
    }

    private void ask() {
        try {
            answer = question.getAsBoolean();
        } finally {
            asking.set(false);
        }
    }
}
