package io.holisticos.app.edge;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.Meter;
import com.codahale.metrics.MetricRegistry;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Receives the body of a request before a route is called, so that no thread ever waits for a body. A body must not be
 * compressed, has at most {@value #MOST_BYTES} bytes, and arrives no slower than {@link BodiesConfiguration} says.
 */
final class Bodies extends Handler.Wrapper {

    /** Callers send ids and settings. The largest webhooks seen have 5 kB. */
    static final int MOST_BYTES = 64 * 1024;

    private final BodiesConfiguration configuration;
    private final Predicate<String> refuseThemselves;
    private final PendingBodies<IncomingBody> open;
    private final Meter tooSlow;
    private final Meter tooLarge;
    private final Meter encoded;

    /**
     * The handler, with its meters.
     *
     * @param refuseThemselves paths that answer and count compressed and too large bodies themselves
     */
    Bodies(BodiesConfiguration configuration, Predicate<String> refuseThemselves, MetricRegistry metrics) {
        this.configuration = configuration;
        this.refuseThemselves = refuseThemselves;
        this.open = new PendingBodies<>(configuration.openOfOneClient, configuration.open);
        this.tooSlow = metrics.meter("bodies.too_slow");
        this.tooLarge = metrics.meter("bodies.too_large");
        this.encoded = metrics.meter("bodies.encoded");
        metrics.register("bodies.open", (Gauge<Integer>) open::size);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!mayHaveBody(request)) {
            return super.handle(request, response, callback);
        }
        Exchange exchange = new Exchange(request, response, callback);
        if (isEncoded(request.getHeaders()) && !refuseThemselves.test(exchange.path())) {
            encoded.mark();
            exchange.refuse(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE_415,
                    "compressed bodies are not accepted: send the body without Content-Encoding");
        } else if (request.getLength() > MOST_BYTES) {
            tooLarge(exchange, new byte[0]);
        } else {
            new IncomingBody(exchange, this).begin();
        }
        return true;
    }

    /** Only HTTP versions before 2 announce this in a header. */
    private static boolean mayHaveBody(Request request) {
        HttpFields headers = request.getHeaders();
        return request.getLength() > 0
                || headers.contains(HttpHeader.TRANSFER_ENCODING)
                || HttpVersion.HTTP_2.equals(request.getConnectionMetaData().getHttpVersion());
    }

    private static boolean isEncoded(HttpFields headers) {
        return headers.getCSV(HttpHeader.CONTENT_ENCODING, false).stream()
                .anyMatch(coding -> !coding.isBlank() && !coding.equalsIgnoreCase("identity"));
    }

    long patienceNanos(long bytes) {
        return configuration.patienceNanos(bytes);
    }

    /** The body has not arrived yet. From now on it is one of those that are waited for. */
    void waitFor(IncomingBody body, Exchange exchange) {
        open.enter(PendingBodies.clientOf(exchange.client()), body).ifPresent(IncomingBody::giveUp);
    }

    void forget(IncomingBody body) {
        open.leave(body);
    }

    void complete(Exchange exchange, byte[] body) {
        exchange.handOn(getHandler(), new BufferedRequest(exchange.request(), body));
    }

    /** @param begun the bytes received so far, at most one byte more than is allowed */
    void tooLarge(Exchange exchange, byte[] begun) {
        tooLarge.mark();
        if (refuseThemselves.test(exchange.path())) {
            exchange.closing().handOn(getHandler(), new BufferedRequest(exchange.request(), begun));
        } else {
            exchange.refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, "a body has at most " + MOST_BYTES + " bytes");
        }
    }

    void tooSlow(Exchange exchange) {
        tooSlow.mark();
        exchange.refuseAndLeave(HttpStatus.REQUEST_TIMEOUT_408, "the body did not arrive in time: send it at once");
    }
}
