package io.holisticos.app;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.Locale;

/** A connection for raw requests, one after another; opened anew where the server closed it. Not thread-safe. */
final class KeptConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final String host;
    private final int port;
    private Socket socket;
    private InputStream in;

    KeptConnection(String host, int port) {
        this.host = host;
        this.port = port;
    }

    /** Sends a request and returns the status; its body is read and dropped. */
    int statusOf(byte[] request) throws IOException {
        String first;
        try {
            first = socket == null ? "" : begin(request);
        } catch (IOException closedAfterItsLastAnswer) {
            first = "";
        }
        if (first.isEmpty()) {
            close();
            open();
            first = begin(request);
        }
        return rest(first);
    }

    private void open() throws IOException {
        socket = new Socket(host, port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    private String begin(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        return line();
    }

    private int rest(String first) throws IOException {
        int status = Integer.parseInt(first.split(" ")[1]);
        int length = -1;
        boolean chunked = false;
        boolean closes = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(
                        lower.substring("content-length:".length()).strip());
            }
            chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
            closes |= lower.startsWith("connection:") && lower.contains("close");
        }
        readBody(status, length, chunked);
        if (closes) {
            close();
        }
        return status;
    }

    private void readBody(int status, int length, boolean chunked) throws IOException {
        if (chunked) {
            for (int size = chunk(); size > 0; size = chunk()) {
                in.skipNBytes(size);
                line();
            }
            line();
        } else if (length > 0) {
            in.skipNBytes(length);
        } else if (length < 0 && status != 204 && status != 304) {
            throw new IOException("an answer without an end, status " + status);
        }
    }

    private int chunk() throws IOException {
        return Integer.parseInt(line(), 16);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("closed without an answer");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
            socket = null;
        }
    }
}
