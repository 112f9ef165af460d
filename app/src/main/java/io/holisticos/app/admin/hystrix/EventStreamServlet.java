package io.holisticos.app.admin.hystrix;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Serves one {@link EventStream}, with the headers of Hystrix's own servlet. */
final class EventStreamServlet extends HttpServlet {

    private final transient EventStream stream;

    EventStreamServlet(EventStream stream) {
        this.stream = stream;
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
            exchange.setTimeout(0); // it lasts until the client or the service ends it
            place.get().open(exchange);
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
