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
 * Applies the response timeout to the whole exchange. The HTTP client itself applies it to each read, so a body that arrives
 * byte by byte never exceeds it. It would also read the rest of a body before closing it.
 *
 * <p>The connection is dropped when the limit has passed, or when the body is closed before its end. A thread that waits for
 * the connection then gets an IOException.
 */
final class BoundedExchange implements ExecChainHandler {

    /** The limit of an exchange without a response timeout: the longest that may be configured. */
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
        // The Jersey connector's requests are always Cancellable. Cancelling works in every phase, also while waiting
        // for a connection.
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
            return checkEnd(super.read());
        }

        @Override
        public int read(byte[] into, int from, int length) throws IOException {
            return checkEnd(super.read(into, from, length));
        }

        private int checkEnd(int read) {
            if (read < 0) {
                complete = true;
                end.cancel(false);
            }
            return read;
        }

        /** Does not close an incomplete body, because that would read the rest of it. */
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
