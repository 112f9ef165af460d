package io.holisticos.app.canary;

import io.holisticos.web.AnswerTime;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.monitoring.ApplicationEvent;
import org.glassfish.jersey.server.monitoring.ApplicationEventListener;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Counts unified and existing answers. Others say nothing of a canary: routes that connect a member answer 503 to all whom the
 * flag is off for, which is most of them. Thread-safe.
 */
final class Answers implements ApplicationEventListener {

    private static final String UNIFIED = "unified";

    private static final Set<String> COUNTED = Set.of(UNIFIED, "overviews", "existing");

    private static final long SLOW_NANOS = Duration.ofSeconds(3).toNanos();

    private final Function<URI, String> groups;
    private final LongSupplier nanoTime;
    private final LongAdder all = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unified = new LongAdder();
    private final LongAdder slow = new LongAdder();

    /**
     * Begins with nothing counted.
     *
     * @param groups the group of routes that an address belongs to
     */
    Answers(Function<URI, String> groups, LongSupplier nanoTime) {
        this.groups = groups;
        this.nanoTime = nanoTime;
    }

    Tally failures() {
        long missed = failed.sum(); // read first: whoever comes in between is one more of all
        return new Tally(all.sum(), missed);
    }

    Tally slowness() {
        long missed = slow.sum();
        return new Tally(unified.sum(), missed);
    }

    @Override
    public void onEvent(ApplicationEvent event) {}

    @Override
    public RequestEventListener onRequest(RequestEvent begin) {
        return new AnswerTime(nanoTime, this::count);
    }

    private void count(RequestEvent event, long nanos) {
        String group = groups.apply(event.getUriInfo().getRequestUri());
        if (!COUNTED.contains(group) || isRefused(event.getContainerResponse())) {
            return;
        }
        all.increment();
        if (isFailed(event.getContainerResponse())) {
            failed.increment();
        }
        if (group.equals(UNIFIED)) {
            unified.increment();
            if (nanos > SLOW_NANOS) {
                slow.increment();
            }
        }
    }

    /** What a caller did wrong, or may not do, says nothing of the service: strangers would decide. */
    private static boolean isRefused(@Nullable ContainerResponse response) {
        return response != null && response.getStatus() >= 400 && response.getStatus() < 500;
    }

    /** The server answers 500 where there is no response. */
    private static boolean isFailed(@Nullable ContainerResponse response) {
        return response == null || response.getStatus() >= 500;
    }
}
