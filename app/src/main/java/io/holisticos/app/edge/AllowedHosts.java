package io.holisticos.app.edge;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses requests for a host that is not ours. A stranger's page can let its own host name resolve to our address (DNS
 * rebinding). Its browser then calls us by that name, and lets the page read our response.
 */
final class AllowedHosts extends Handler.Wrapper {

    private static final String LOCALHOST = "localhost";

    private final Set<String> names;

    /** Literal addresses and localhost are always allowed, because no stranger's page has such a name. */
    AllowedHosts(String publicHost, Set<String> others) {
        this.names = Stream.concat(Stream.of(LOCALHOST, publicHost), others.stream())
                .map(AllowedHosts::bare)
                .collect(Collectors.toSet());
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String host = request.getHttpURI().getHost();
        if (host == null || host.isEmpty() || isJettysGuess(request)) {
            Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400, "the request names no host");
            return true;
        }
        if (!isOurs(host)) {
            Response.writeError(
                    request,
                    response,
                    callback,
                    HttpStatus.MISDIRECTED_REQUEST_421,
                    "this service has no host of that name: add it to setting hosts (HOSTS) if it should");
            return true;
        }
        return super.handle(request, response, callback);
    }

    /** For a request of HTTP/1.0 without a host, Jetty takes the address that it was received on. */
    private static boolean isJettysGuess(Request request) {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0
                && !request.getHeaders().contains(HttpHeader.HOST);
    }

    private boolean isOurs(String host) {
        String bare = bare(host);
        return names.contains(bare) || Addresses.parse(bare).isPresent();
    }

    /** A host name may end with a dot. */
    private static String bare(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
