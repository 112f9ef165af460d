package io.holisticos.app;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Holds requests whose address says {@code block=yes}, where a slow resource would, until it is told to let go. */
final class Blocking implements ContainerRequestFilter {

    private final AtomicInteger inside = new AtomicInteger();
    private final CountDownLatch go = new CountDownLatch(1);

    int inside() {
        return inside.get();
    }

    void letGo() {
        go.countDown();
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (!request.getUriInfo().getQueryParameters().containsKey("block")) {
            return;
        }
        inside.incrementAndGet();
        try {
            if (!go.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody said to let go");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inside.decrementAndGet();
        }
    }
}
