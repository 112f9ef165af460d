package io.holisticos.app;

import io.holisticos.health.MessageForOperators;
import io.holisticos.vitals.HotPath;
import io.holisticos.vitals.HotRoute;
import io.holisticos.web.ApiKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;

/** Calls the routes of a rehearsal over HTTP, on connections that are kept. Thread-safe. */
final class RehearsalCaller {

    /** The header with the key by which the server knows it. */
    static final String KEY = ApiKeys.HEADER;

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final URI server;
    private final String key;

    RehearsalCaller(int port, String key) {
        this.server = URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port);
        this.key = key;
    }

    HotPath path(HotRoute route) {
        return new HotPath(route.name(), () -> call(route.next().get()));
    }

    private void call(HotRoute.Request request) throws IOException {
        HttpURLConnection exchange =
                (HttpURLConnection) server.resolve(request.path()).toURL().openConnection();
        exchange.setConnectTimeout((int) TIMEOUT.toMillis());
        exchange.setReadTimeout((int) TIMEOUT.toMillis());
        exchange.setRequestProperty(KEY, key);
        request.headers().forEach(exchange::setRequestProperty);
        if (request.isPost()) {
            exchange.setRequestProperty("Content-Type", "application/json");
            exchange.setDoOutput(true);
            exchange.setFixedLengthStreamingMode(request.body().length); // else it would be sent twice when it fails
            try (OutputStream body = exchange.getOutputStream()) {
                body.write(request.body());
            }
        }
        int status = exchange.getResponseCode();
        try (InputStream answer = status < 400 ? exchange.getInputStream() : exchange.getErrorStream()) {
            if (answer != null) {
                answer.transferTo(OutputStream.nullOutputStream());
            }
        }
        if (status != request.status()) {
            throw new OtherAnswer(status);
        }
    }

    /** The route does not do its work. */
    private static final class OtherAnswer extends IOException implements MessageForOperators {
        private static final long serialVersionUID = 1L;

        OtherAnswer(int status) {
            super("answered " + status);
        }
    }
}
