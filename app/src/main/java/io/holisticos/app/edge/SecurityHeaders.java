package io.holisticos.app.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sets the security headers of every response on both ports. They are set before a route is called, so a route that needs
 * another value, such as a page, sets its own in their place.
 */
public final class SecurityHeaders extends Handler.Wrapper {

    /** The attribute of requests that holds the headers of their response. */
    private static final String OF_REQUEST = SecurityHeaders.class.getName();

    /** The name that Dropwizard gives the connectors of the admin port. */
    private static final String ADMIN = "admin";

    /** For responses that no browser has to show: nothing of them is loaded, run, framed, kept or taken for another type. */
    private static final List<HttpField> OF_ALL = List.of(
            new PreEncodedHttpField("X-Content-Type-Options", "nosniff"),
            new PreEncodedHttpField(
                    "Content-Security-Policy",
                    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
            new PreEncodedHttpField("Referrer-Policy", "no-referrer"),
            new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store"));

    private final List<HttpField> ofHttps;
    private final BiPredicate<String, String> plain;

    /**
     * The handler.
     *
     * @param strictTransportSecurity the header field of that name; empty for none
     * @param plain paths and queries (empty for none) of the API's port whose responses get none of it
     */
    SecurityHeaders(String strictTransportSecurity, BiPredicate<String, String> plain) {
        List<HttpField> all = new ArrayList<>(OF_ALL);
        if (!strictTransportSecurity.isEmpty()) {
            all.add(new PreEncodedHttpField(HttpHeader.STRICT_TRANSPORT_SECURITY, strictTransportSecurity));
        }
        this.ofHttps = List.copyOf(all);
        this.plain = plain;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        request.setAttribute(OF_REQUEST, fieldsOf(request));
        addTo(request, response);
        return super.handle(request, response, callback);
    }

    private List<HttpField> fieldsOf(Request request) {
        String query = request.getHttpURI().getQuery();
        boolean isPlain =
                !ADMIN.equals(request.getConnectionMetaData().getConnector().getName())
                        && plain.test(Request.getPathInContext(request), query == null ? "" : query);
        if (isPlain) {
            return List.of();
        }
        return request.getAttribute(ClientAddresses.HTTPS) == null ? OF_ALL : ofHttps;
    }

    /** Sets the headers again, for a response that the server makes itself: what was set before is lost then. */
    public static void addTo(Request request, Response response) {
        Object ofRequest = request.getAttribute(OF_REQUEST);
        for (Object field : ofRequest instanceof List<?> known ? known : OF_ALL) {
            response.getHeaders().put((HttpField) field);
        }
    }
}
