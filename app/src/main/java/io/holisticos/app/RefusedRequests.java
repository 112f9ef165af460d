package io.holisticos.app;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.core.setup.Environment;
import io.holisticos.app.edge.SecurityHeaders;
import io.holisticos.trace.RequestContext;
import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.Problem;
import io.holisticos.web.RequestLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that the server refuses before any route sees them (malformed addresses, long headers) with our form
 * of errors.
 */
final class RefusedRequests extends ErrorHandler {

    /** Jetty's name for an address that it could not read. */
    private static final String UNREADABLE = "/badMessage";

    private final ObjectMapper json;

    private RefusedRequests(ObjectMapper json) {
        this.json = json;
    }

    static void answerIn(Environment environment) {
        RefusedRequests form = new RefusedRequests(environment.getObjectMapper());
        environment.getApplicationContext().setErrorHandler(form);
        environment.getAdminContext().setErrorHandler(form);
        environment.lifecycle().addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarting(LifeCycle starting) {
                if (starting instanceof Server server) {
                    server.setErrorHandler(form);
                }
            }
        });
    }

    /** Jetty itself writes no body for DELETE, PUT and others. */
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback)
            throws IOException {
        if (request.getAttribute(RequestLog.SEEN) == null) {
            RequestContext context = RequestContext.arriving(request.getHeaders()::get);
            context.client(Request.getRemoteAddr(request));
            response.getHeaders().put(RequestContext.REQUEST_ID_HEADER, context.requestId());
            RequestLog.refused(context, request.getMethod(), status, request.getBeginNanoTime());
        }
        String path = request.getHttpURI().getPath();
        String shown = path == null || path.equals(UNREADABLE) ? "/" : path;
        String detail = status < 500 && message != null ? message : Problem.titleOf(status);
        boolean existing = !UNREADABLE.equals(path) && !isOfAdminPort(request) && ExistingRoutes.contain(shown);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, existing ? "application/json" : Problem.MEDIA_TYPE);
        SecurityHeaders.addTo(request, response);
        Object body = existing ? Map.of("detail", detail) : Problem.ofStatus(status, detail, shown);
        response.write(true, ByteBuffer.wrap(json.writeValueAsBytes(body)), callback);
    }

    /** Dropwizard calls its connectors so. */
    private static boolean isOfAdminPort(Request request) {
        return "admin".equals(request.getConnectionMetaData().getConnector().getName());
    }
}
