package io.holisticos.trace;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Wraps all work submitted to an executor, so that it runs for the request of the submitting thread. */
final class CarryingExecutor extends AbstractExecutorService {

    private final ExecutorService executor;

    CarryingExecutor(ExecutorService executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable work) {
        executor.execute(RequestContext.wrap(work));
    }

    @Override
    public void shutdown() {
        executor.shutdown();
    }

    @Override
    public List<Runnable> shutdownNow() {
        return executor.shutdownNow();
    }

    @Override
    public boolean isShutdown() {
        return executor.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return executor.isTerminated();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return executor.awaitTermination(timeout, unit);
    }
}
