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
 * Takes in the body of a request before anybody works on it, so that no thread ever waits for one: not packed, at most
 * {@value #MOST_BYTES} bytes, and no slower than {@link BodiesConfiguration} says.
 */
final class Bodies extends Handler.Wrapper {

    /** What callers send are ids and settings; the largest webhooks seen have 5 kB. */
    static final int MOST_BYTES = 64 * 1024;

    private final BodiesConfiguration configuration;
    private final Predicate<String> refuseThemselves;
    private final OpenBodies<ArrivingBody> open;
    private final Meter tooSlow;
    private final Meter tooLarge;
    private final Meter encoded;

    /**
     * The handler, with its meters.
     *
     * @param refuseThemselves paths that count and answer themselves what is packed or too large
     */
    Bodies(BodiesConfiguration configuration, Predicate<String> refuseThemselves, MetricRegistry metrics) {
        this.configuration = configuration;
        this.refuseThemselves = refuseThemselves;
        this.open = new OpenBodies<>(configuration.openOfOneClient, configuration.open);
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
                    "bodies are taken as they are: send them without Content-Encoding");
        } else if (request.getLength() > MOST_BYTES) {
            tooLarge(exchange, new byte[0]);
        } else {
            new ArrivingBody(exchange, this).begin();
        }
        return true;
    }

    /** Only the versions before 2 say so in their headers. */
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

    /** The body is not there yet: from now on it is one of those that are waited for. */
    void waitFor(ArrivingBody body, Exchange exchange) {
        open.enter(OpenBodies.clientOf(exchange.client()), body).ifPresent(ArrivingBody::giveUp);
    }

    void forget(ArrivingBody body) {
        open.leave(body);
    }

    void complete(Exchange exchange, byte[] body) {
        exchange.handOn(getHandler(), new TakenBody(exchange.request(), body));
    }

    /** @param begun what was taken of it, one byte too much at most */
    void tooLarge(Exchange exchange, byte[] begun) {
        tooLarge.mark();
        if (refuseThemselves.test(exchange.path())) {
            exchange.closing().handOn(getHandler(), new TakenBody(exchange.request(), begun));
        } else {
            exchange.refuse(HttpStatus.PAYLOAD_TOO_LARGE_413, "a body has at most " + MOST_BYTES + " bytes");
        }
    }

    void tooSlow(Exchange exchange) {
        tooSlow.mark();
        exchange.refuseAndLeave(HttpStatus.REQUEST_TIMEOUT_408, "the body did not come in time: send it at once");
    }
}
