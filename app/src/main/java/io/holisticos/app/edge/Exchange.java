package io.holisticos.app.edge;

import java.net.SocketAddress;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request with everything that is needed to answer it. */
record Exchange(Request request, Response response, Callback callback) {

    private static final byte[] NOTHING = {};

    String path() {
        return Request.getPathInContext(request);
    }

    SocketAddress client() {
        return request.getConnectionMetaData().getRemoteSocketAddress();
    }

    void handOn(@Nullable Handler next, Request taken) {
        try {
            if (next == null || !next.handle(taken, response, callback)) {
                Response.writeError(taken, response, callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Exception e) { // what the server does with every exception of a handler
            Response.writeError(taken, response, callback, e);
        }
    }

    /** The same, but closes the connection afterwards, as soon as the client had time to read the response. */
    Exchange closing() {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        return new Exchange(request, response, new LingeringClose(request, callback));
    }

    /** Answers a client that is still sending. */
    void refuse(int status, String detail) {
        Exchange closing = closing();
        Response.writeError(new BufferedRequest(request, NOTHING), response, closing.callback(), status, detail);
    }

    /** Answers a client for whose body nothing waits any longer. */
    void refuseAndLeave(int status, String detail) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        Response.writeError(new BufferedRequest(request, NOTHING), response, callback, status, detail);
    }
}
