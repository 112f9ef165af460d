package io.holisticos.web;

import jakarta.ws.rs.core.MediaType;
import java.util.function.LongSupplier;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.monitoring.RequestEvent;
import org.glassfish.jersey.server.monitoring.RequestEventListener;
import org.jspecify.annotations.Nullable;

/**
 * How long one request waited for its answer: from now until the answer is there to be sent. How long its client takes to read it
 * says nothing of the service, and slow readers would wake whoever is on call. An answer in lines is made while it is sent, and
 * counts until its end. Each request has its own, which one thread after another uses.
 */
public final class AnswerTime implements RequestEventListener {

    private static final String LINES = "x-ndjson";

    private static final long NOT_THERE = -1;

    private final LongSupplier nanoTime;
    private final Finished finished;
    private final long begun;
    private long nanos = NOT_THERE;

    /** Begins now. */
    public AnswerTime(LongSupplier nanoTime, Finished finished) {
        this.nanoTime = nanoTime;
        this.finished = finished;
        this.begun = nanoTime.getAsLong();
    }

    /** Told once of each request, when it is over. */
    public interface Finished {
        /** @param event the last of the request, which may have no response: the server answers 500 then */
        void after(RequestEvent event, long nanos);
    }

    @Override
    public void onEvent(RequestEvent event) {
        if (event.getType() == RequestEvent.Type.RESP_FILTERS_FINISHED && !isInLines(event.getContainerResponse())) {
            nanos = nanoTime.getAsLong() - begun;
        } else if (event.getType() == RequestEvent.Type.FINISHED) {
            finished.after(event, nanos == NOT_THERE ? nanoTime.getAsLong() - begun : nanos);
        }
    }

    private static boolean isInLines(@Nullable ContainerResponse response) {
        MediaType type = response == null ? null : response.getMediaType();
        return type != null && type.getSubtype().equals(LINES);
    }
}
