package io.holisticos.app.edge;

import java.net.SocketAddress;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A request with all it takes to answer it. */
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
        } catch (Exception e) { // what the server does with whatever a handler throws
            Response.writeError(taken, response, callback, e);
        }
    }

    /** The same, at whose end the connection is closed, as soon as its sender had the time to read the answer. */
    Exchange closing() {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        return new Exchange(request, response, new DroppedRest(request, callback));
    }

    /** To a sender who goes on sending. */
    void refuse(int status, String detail) {
        Exchange closing = closing();
        Response.writeError(new TakenBody(request, NOTHING), response, closing.callback(), status, detail);
    }

    /** To a sender for whom nobody waits any longer. */
    void refuseAndLeave(int status, String detail) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        Response.writeError(new TakenBody(request, NOTHING), response, callback, status, detail);
    }
}
