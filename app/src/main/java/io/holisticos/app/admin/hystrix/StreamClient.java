package io.holisticos.app.admin.hystrix;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open response, which is written without blocking, so that nobody waits for a slow client. One frame is kept
 * ready; frames that come while it waits are left out. Thread-safe.
 */
final class StreamClient implements WriteListener {

    private static final Logger LOG = LoggerFactory.getLogger(StreamClient.class);

    private final AsyncContext exchange;
    private final ServletOutputStream body;
    private final BooleanSupplier mayRead;
    private final Consumer<StreamClient> onEnd;
    private byte @Nullable [] waiting;
    private boolean unflushed;
    private boolean ended;

    /** @param mayRead whether whoever opened the response may still read it */
    StreamClient(AsyncContext exchange, BooleanSupplier mayRead, Consumer<StreamClient> onEnd) throws IOException {
        this.exchange = exchange;
        this.mayRead = mayRead;
        this.body = exchange.getResponse().getOutputStream();
        this.onEnd = onEnd;
    }

    /** {@code first} waits until the server has called back for the first time, and nothing else is written before. */
    void start(byte[] first) {
        synchronized (this) {
            waiting = first;
        }
        body.setWriteListener(this);
    }

    boolean mayRead() {
        return mayRead.getAsBoolean();
    }

    synchronized void offer(byte[] frame) {
        if (waiting == null && !ended) {
            waiting = frame;
            write();
        }
    }

    @Override
    public synchronized void onWritePossible() {
        write();
    }

    /** The client is gone, or has not read for longer than the server waits. */
    @Override
    public void onError(Throwable gone) {
        end();
    }

    /** Ends the response. Does nothing the second time. */
    synchronized void end() {
        if (!ended) {
            ended = true;
            waiting = null;
            onEnd.accept(this);
            try {
                exchange.complete();
            } catch (IllegalStateException already) {
                LOG.debug("the server had ended the answer", already);
            }
        }
    }

    private void write() {
        try {
            while (!ended && (waiting != null || unflushed) && body.isReady()) {
                byte[] frame = waiting;
                if (frame == null) {
                    unflushed = false;
                    body.flush();
                } else {
                    waiting = null;
                    unflushed = true;
                    body.write(frame);
                }
            }
        } catch (IOException gone) {
            end();
        }
    }
}
