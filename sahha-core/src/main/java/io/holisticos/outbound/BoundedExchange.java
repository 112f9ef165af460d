package io.holisticos.outbound;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes the response timeout a limit for the exchange as a whole. By itself the HTTP client applies it to each read,
 * so an answer that drips never reaches it; and closing an answer half read would read the rest of it first.
 *
 * <p>Past the limit, or when the answer is closed before its end, the connection is dropped as it is. A thread that
 * waits on it gets an IOException.
 */
final class BoundedExchange implements ExecChainHandler {

    /** For an exchange without a response timeout: as much as any may be configured to take. */
    private static final Timeout LONGEST = Timeout.ofSeconds(60);

    private static final ScheduledThreadPoolExecutor WATCH = watch();

    private static ScheduledThreadPoolExecutor watch() {
        ScheduledThreadPoolExecutor watch = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "outbound-watch");
            thread.setDaemon(true);
            return thread;
        });
        watch.setRemoveOnCancelPolicy(true);
        return watch;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        // What the Jersey connector sends always is; cancelling works in every phase, from the wait for a connection on
        Cancellable exchange = (Cancellable) scope.originalRequest;
        Timeout timeout = scope.clientContext.getRequestConfigOrDefault().getResponseTimeout();
        Timeout limit = TimeValue.isPositive(timeout) ? timeout : LONGEST;
        Future<?> end = WATCH.schedule(exchange::cancel, limit.toMilliseconds(), TimeUnit.MILLISECONDS);
        boolean bodyFollows = false;
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            HttpEntity entity = response.getEntity();
            if (entity != null) {
                response.setEntity(new WatchedEntity(entity, exchange, end));
                bodyFollows = true;
            }
            return response;
        } finally {
            if (!bodyFollows) {
                end.cancel(false);
            }
        }
    }

    private static final class WatchedEntity extends HttpEntityWrapper {

        private final Cancellable exchange;
        private final Future<?> end;

        WatchedEntity(HttpEntity entity, Cancellable exchange, Future<?> end) {
            super(entity);
            this.exchange = exchange;
            this.end = end;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new WatchedBody(super.getContent(), exchange, end);
        }
    }

    private static final class WatchedBody extends FilterInputStream {

        private final Cancellable exchange;
        private final Future<?> end;
        private boolean complete;

        WatchedBody(InputStream body, Cancellable exchange, Future<?> end) {
            super(body);
            this.exchange = exchange;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            return noted(super.read());
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return noted(super.read(into, from, length));
        }

        private int noted(int read) {
            if (read < 0) {
                complete = true;
                end.cancel(false);
            }
            return read;
        }

        /** An incomplete body is left unclosed on purpose: its close would read on. */
        @Override
        public void close() throws IOException {
            end.cancel(false);
            if (complete) {
                super.close();
            } else {
                exchange.cancel();
            }
        }
    }
}
