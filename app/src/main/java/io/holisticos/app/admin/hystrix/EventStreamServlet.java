package io.holisticos.app.admin.hystrix;

import io.holisticos.app.admin.MayStillRead;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executor;

/** Serves one {@link EventStream}, with the headers of Hystrix's own servlet. */
final class EventStreamServlet extends HttpServlet {

    private final transient EventStream stream;
    private final transient Executor later;

    /** @param later finds out whether clients may still read */
    EventStreamServlet(EventStream stream, Executor later) {
        this.stream = stream;
        this.later = later;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<EventStream.Place> place = stream.reserve();
        if (place.isEmpty()) {
            refuse(response);
            return;
        }
        boolean opened = false;
        try {
            response.setHeader("Content-Type", "text/event-stream;charset=UTF-8");
            response.setHeader("Cache-Control", "no-cache, no-store, max-age=0, must-revalidate");
            response.setHeader("Pragma", "no-cache");
            AsyncContext exchange = request.startAsync();
            exchange.setTimeout(0); // it lasts until the client or the service ends it, or the client may read no more
            place.get().open(exchange, new AskedLater(MayStillRead.of(request), later));
            opened = true;
        } finally {
            if (!opened) {
                place.get().giveBack();
            }
        }
    }

    /** Answers HEAD by itself, because it would be a GET that never ends. */
    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", "GET, OPTIONS");
        response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }

    private void refuse(HttpServletResponse response) throws IOException {
        response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("text/plain;charset=UTF-8");
        response.getOutputStream()
                .write(("MaxConcurrentConnections reached: " + stream.maxClients()).getBytes(StandardCharsets.UTF_8));
    }
}
