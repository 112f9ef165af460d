package io.holisticos.app.probes;

import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * While this process is leaving, ends connections of HTTP/1 with their next answer. Clients that keep connections would
 * otherwise send another request on one of them at the moment when it is closed.
 */
final class LastAnswers extends Handler.Wrapper {

    private static final HttpField CLOSE =
            new PreEncodedHttpField(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE.asString());

    private final BooleanSupplier leaving;

    LastAnswers(BooleanSupplier leaving) {
        this.leaving = leaving;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpVersion version = request.getConnectionMetaData().getHttpVersion();
        if (leaving.getAsBoolean() && version.getVersion() <= HttpVersion.HTTP_1_1.getVersion()) {
            request.addHttpStreamWrapper(Closing::new);
        }
        return super.handle(request, response, callback);
    }

    /** Says so last of all: an error that the server answers itself drops the fields that were set before. */
    private static final class Closing extends HttpStream.Wrapper {

        Closing(HttpStream stream) {
            super(stream);
        }

        @Override
        public void prepareResponse(HttpFields.Mutable headers) {
            super.prepareResponse(headers);
            headers.put(CLOSE);
        }
    }
}
