package io.holisticos.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A connection on which a test says every byte itself, and when. */
final class Wire implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket;

    private Wire(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    static Wire to(URI server) throws IOException {
        return new Wire(new Socket(server.getHost(), server.getPort()));
    }

    /** From another of this machine's addresses, such as {@code 127.0.0.2}. */
    static Wire to(URI server, String from) throws IOException {
        return new Wire(new Socket("127.0.0.1", server.getPort(), InetAddress.getByName(from), 0));
    }

    /** The head of a request, without the empty line at its end unless {@code headers} end with it. */
    Wire head(String method, String path, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(method + ' ' + path + " HTTP/1.1\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return send(head + "\r\n");
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whoever is refused while it sends stops sending. */
    Wire send(byte[] bytes) throws IOException {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        } catch (SocketException closed) {
            // the answer says why
        }
        return this;
    }

    /** All that comes until the server closes the connection. */
    String untilItIsClosed() throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** The head of the next answer; the connection stays open. */
    String nextHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /** Whether the server has closed the connection; nothing of an answer may be left on it. */
    boolean isClosed() throws IOException {
        socket.setSoTimeout(500);
        try {
            while (socket.getInputStream().available() > 0) {
                socket.getInputStream().skipNBytes(socket.getInputStream().available());
            }
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
