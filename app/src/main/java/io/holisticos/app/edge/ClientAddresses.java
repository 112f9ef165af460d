package io.holisticos.app.edge;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sets the remote address of the request to the client's address, for all code that asks for it later, and notes whether the
 * client speaks https.
 */
final class ClientAddresses extends Handler.Wrapper {

    /** The attribute of requests whose client speaks https, to us or to a trusted proxy. */
    static final String HTTPS = ClientAddresses.class.getName() + ".https";

    private final TrustedProxies proxies;

    ClientAddresses(TrustedProxies proxies) {
        this.proxies = proxies;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(seenFromItsClient(request), response, callback);
    }

    private Request seenFromItsClient(Request request) {
        if (!(request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress socket)
                || socket.isUnresolved()) {
            return request;
        }
        if (request.isSecure() || proxies.sayHttps(socket.getAddress(), request.getHeaders())) {
            request.setAttribute(HTTPS, true);
        }
        InetAddress client = proxies.clientOf(socket.getAddress(), request.getHeaders());
        return client.equals(socket.getAddress()) ? request : new Forwarded(request, new InetSocketAddress(client, 0));
    }

    private static final class Forwarded extends Request.Wrapper {

        private final ConnectionMetaData connection;

        Forwarded(Request request, SocketAddress client) {
            super(request);
            this.connection = new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
                @Override
                public SocketAddress getRemoteSocketAddress() {
                    return client;
                }
            };
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }
    }
}
