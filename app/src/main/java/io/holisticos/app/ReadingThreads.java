package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.Duration;
import io.holisticos.trace.RequestContext;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;

/**
 * The threads that read sources: no more than {@value #MAX} at once, and none waits for another to be free. Log lines
 * written there tell of the request they work for.
 */
final class ReadingThreads implements Executor {

    /** Two sources for each of the 256 requests that the server works on at once by default. */
    static final int MAX = 512;

    private static final String NAME = "source-read-%d";

    private final Executor threads;
    private final Semaphore free = new Semaphore(MAX);

    private ReadingThreads(Executor threads) {
        this.threads = threads;
    }

    /** Ended with the application. */
    static ReadingThreads virtual(Environment environment) {
        return new ReadingThreads(environment.lifecycle().virtualExecutorService(NAME));
    }

    /** The same where there are no virtual threads: made when needed, ended when idle. */
    static ReadingThreads platform(Environment environment) {
        return new ReadingThreads(environment
                .lifecycle()
                .executorService(NAME)
                .minThreads(0)
                .maxThreads(MAX)
                .keepAliveTime(Duration.seconds(30))
                .workQueue(new SynchronousQueue<>())
                .build());
    }

    @Override
    public void execute(Runnable work) {
        if (!free.tryAcquire()) {
            throw new RejectedExecutionException("all " + MAX + " threads that read sources are busy");
        }
        boolean begun = false;
        try {
            threads.execute(RequestContext.wrap(() -> run(work)));
            begun = true;
        } finally {
            if (!begun) {
                free.release();
            }
        }
    }

    private void run(Runnable work) {
        try {
            work.run();
        } finally {
            free.release();
        }
    }
}
