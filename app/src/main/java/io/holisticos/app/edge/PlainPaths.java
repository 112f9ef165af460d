package io.holisticos.app.edge;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses a path with parameters behind a semicolon (RFC 3986, 3.3). No route has any, and whoever reads such a path has to know
 * what to leave out: two readers that do not agree would check one path and answer another.
 */
final class PlainPaths extends Handler.Wrapper {

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPath();
        if (path != null && path.indexOf(';') >= 0) {
            Response.writeError(
                    request,
                    response,
                    callback,
                    HttpStatus.BAD_REQUEST_400,
                    "no path of ours has a semicolon: write %3B where it is part of an id");
            return true;
        }
        return super.handle(request, response, callback);
    }
}
