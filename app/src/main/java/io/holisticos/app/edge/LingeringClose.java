package io.holisticos.app.edge;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Completes a refused request. A client whose connection is closed while it is still sending never reads the response
 * (RFC 9112, 9.6), so the rest of its request is read and discarded for a while.
 */
final class LingeringClose implements Callback, Invocable.Task {

    private static final int MOST_BYTES = 8 * 1024 * 1024;
    private static final int SECONDS = 5;

    private final Request request;
    private final Callback whole;
    private long dropped;
    private boolean over;
    private Scheduler.@Nullable Task end;

    LingeringClose(Request request, Callback whole) {
        this.request = request;
        this.whole = whole;
    }

    @Override
    public void succeeded() {
        if (request.getHeaders().contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString())) {
            whole.succeeded(); // the client waits for 100 Continue before it sends
            return;
        }
        synchronized (this) {
            end = request.getComponents().getScheduler().schedule(this::close, SECONDS, TimeUnit.SECONDS);
        }
        run();
    }

    @Override
    public void failed(Throwable failure) {
        whole.failed(failure);
    }

    @Override
    public void run() {
        if (isAllDropped()) {
            close();
        }
    }

    private synchronized boolean isAllDropped() {
        while (!over && dropped < MOST_BYTES) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                request.demand(this);
                return false;
            }
            dropped += chunk.remaining();
            chunk.release();
            if (chunk.isLast() || Content.Chunk.isFailure(chunk)) {
                return true;
            }
        }
        return true;
    }

    private void close() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
            if (end != null) {
                end.cancel();
            }
        }
        whole.succeeded();
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }
}
