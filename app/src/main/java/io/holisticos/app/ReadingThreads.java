package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.dropwizard.util.Duration;
import io.holisticos.trace.RequestContext;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;

/**
 * The threads that read sources: at most {@value #MAX} at a time. Work is refused, never queued. Log lines of these threads
 * have the ids of the request.
 */
final class ReadingThreads implements Executor {

    /** Two sources for each of the 320 requests that the server works on at once by default. */
    static final int MAX = 640;

    private static final String NAME = "source-read-%d";

    private final Executor threads;
    private final Semaphore free = new Semaphore(MAX);

    private ReadingThreads(Executor threads) {
        this.threads = threads;
    }

    /** Virtual threads, ended with the application. */
    static ReadingThreads virtual(Environment environment) {
        return new ReadingThreads(environment.lifecycle().virtualExecutorService(NAME));
    }

    /** Platform threads for older JDKs: started when needed, ended when idle. */
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

    /** The threads that read many members for one request: so many, ended when idle. */
    static ExecutorService ofOverviews(Environment environment, int count) {
        return environment
                .lifecycle()
                .executorService("overviews-%d")
                .minThreads(count)
                .maxThreads(count)
                .allowCoreThreadTimeOut(true)
                .build();
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
