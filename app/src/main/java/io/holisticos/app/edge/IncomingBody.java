package io.holisticos.app.edge;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** A request body that is being received. It ends once: complete, too large, broken, or given up. Thread-safe. */
final class IncomingBody implements Invocable.Task {

    private enum State {
        WAITING,
        COMPLETE,
        TOO_LARGE,
        BROKEN,
        OVER
    }

    private final Exchange exchange;
    private final Bodies bodies;
    private final long begun = System.nanoTime();
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private boolean over;
    private boolean isWaitedFor;
    private @Nullable Throwable failure;
    private Scheduler.@Nullable Task nextLook;

    IncomingBody(Exchange exchange, Bodies bodies) {
        this.exchange = exchange;
        this.bodies = bodies;
    }

    /** Runs on the thread of the request. The body has usually arrived together with the head. */
    void begin() {
        if (take() == State.COMPLETE) {
            bodies.complete(exchange, taken.toByteArray());
        }
    }

    /** Called when more bytes have arrived, on a thread that must not block. */
    @Override
    public void run() {
        if (take() == State.COMPLETE) {
            work(() -> bodies.complete(exchange, taken.toByteArray()));
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    /** Called when another body needs its place, or when this one is too slow. */
    void giveUp() {
        if (end()) {
            bodies.tooSlow(exchange);
        }
    }

    private State take() {
        State state = read();
        switch (state) {
            case WAITING -> waitForMore();
            case COMPLETE, OVER -> {}
            case TOO_LARGE -> work(() -> bodies.tooLarge(exchange, taken.toByteArray()));
            case BROKEN -> broken();
        }
        return state;
    }

    private synchronized State read() {
        while (!over) {
            Content.Chunk chunk = exchange.request().read();
            if (chunk == null) {
                return State.WAITING;
            }
            if (Content.Chunk.isFailure(chunk)) {
                failure = chunk.getFailure();
                return endAs(State.BROKEN);
            }
            boolean last = chunk.isLast();
            int room = Bodies.MOST_BYTES + 1 - taken.size();
            byte[] piece = new byte[Math.min(room, chunk.remaining())];
            chunk.getByteBuffer().get(piece);
            taken.writeBytes(piece);
            chunk.release();
            if (taken.size() > Bodies.MOST_BYTES) {
                return endAs(State.TOO_LARGE);
            }
            if (last) {
                return endAs(State.COMPLETE);
            }
        }
        return State.OVER;
    }

    private void waitForMore() {
        boolean first;
        synchronized (this) {
            first = !isWaitedFor;
            isWaitedFor = true;
        }
        if (first) {
            bodies.waitFor(this, exchange);
            lookAgain();
        }
        synchronized (this) {
            if (!over) {
                exchange.request().demand(this);
            }
        }
    }

    /** Called at the moment from which the bytes received so far are too few. */
    private void lookAgain() {
        synchronized (this) {
            long left = bodies.patienceNanos(taken.size()) - (System.nanoTime() - begun);
            if (over) {
                return;
            }
            if (left > 0) {
                nextLook = exchange.request()
                        .getComponents()
                        .getScheduler()
                        .schedule(this::lookAgain, left, TimeUnit.NANOSECONDS);
                return;
            }
        }
        giveUp();
    }

    private void broken() {
        if (failure instanceof TimeoutException) {
            bodies.tooSlow(exchange);
        } else {
            int status = failure instanceof HttpException told ? told.getCode() : HttpStatus.BAD_REQUEST_400;
            exchange.refuseAndLeave(status, "the body ended before its end");
        }
    }

    private synchronized State endAs(State state) {
        return end() ? state : State.OVER;
    }

    private synchronized boolean end() {
        if (over) {
            return false;
        }
        over = true;
        if (nextLook != null) {
            nextLook.cancel();
        }
        bodies.forget(this);
        return true;
    }

    /** Runs work that may block on a thread that may. */
    private void work(Runnable work) {
        try {
            VirtualThreads.execute(
                    exchange.request().getConnectionMetaData().getConnector().getExecutor(), work);
        } catch (RejectedExecutionException full) {
            exchange.refuseAndLeave(HttpStatus.SERVICE_UNAVAILABLE_503, "the server has no thread left");
        }
    }
}
