package io.holisticos.bench.drive;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A connection that is kept, for one request at a time. It costs the machine less than a full client would. */
public final class PlainConnection implements AutoCloseable {

    private static final int LONGEST_WAIT_MILLIS = (int) Duration.ofSeconds(30).toMillis();

    /** Servers close connections that nothing was sent on for some time; a client does not use one again that long after. */
    private static final long IDLE_NANOS = Duration.ofSeconds(5).toNanos();

    private final int port;
    private Socket socket;
    private InputStream in;
    private OutputStream out;
    private long usedAt;

    public PlainConnection(int port) throws IOException {
        this.port = port;
        open();
    }

    private void open() throws IOException {
        socket = connected(port);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        usedAt = System.nanoTime();
    }

    private static Socket connected(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(LONGEST_WAIT_MILLIS);
        return socket;
    }

    /** What came back; names of headers are in small letters. */
    public record Answer(int status, Map<String, String> headers, byte[] body) {}

    /** Sends a request and reads its answer wholly. */
    public Answer exchange(byte[] request) throws IOException {
        if (System.nanoTime() - usedAt > IDLE_NANOS) {
            reopen();
        }
        out.write(request);
        String[] first = line().split(" ", 3);
        int status = Integer.parseInt(first[1]);
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).trim());
        }
        byte[] body = body(status, headers);
        usedAt = System.nanoTime();
        return new Answer(status, headers, body);
    }

    private byte[] body(int status, Map<String, String> headers) throws IOException {
        if (status == 204 || status == 304) {
            return new byte[0];
        }
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            return chunks();
        }
        return exactly(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    }

    private byte[] chunks() throws IOException {
        var all = new java.io.ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
            all.write(exactly(size));
            String unused = line();
        }
        String unused = line();
        return all.toByteArray();
    }

    private byte[] exactly(int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("the answer ends too early");
        }
        return bytes;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection was closed");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    /** The next request has a new connection. */
    void reopen() throws IOException {
        close();
        open();
    }

    /** For an answer as text. */
    public static String text(Answer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
