package io.holisticos.app;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntPredicate;

/** Many callers of one path at the same time, each on a connection of its own that it keeps. Loopback only. */
final class Callers {

    private static final int PATIENCE_MILLIS = 30_000;

    private final int port;
    private final byte[] request;
    private final int count;

    Callers(int port, String path, int count) {
        this.port = port;
        this.request = ("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        this.count = count;
    }

    /**
     * What came of it.
     *
     * @param answers all that was answered, each text once
     */
    record Load(long requests, Duration took, Set<String> answers) {

        double perSecond() {
            return requests * 1e9 / took.toNanos();
        }
    }

    /** Each asks so many times. */
    Load ask(int times) throws Exception {
        return call(asked -> asked < times);
    }

    /** Each asks for so long. */
    Load askFor(Duration time) throws Exception {
        long end = System.nanoTime() + time.toNanos();
        return call(asked -> System.nanoTime() < end);
    }

    private Load call(IntPredicate goOn) throws Exception {
        Set<String> answers = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Callable<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                callers.add(() -> callOnOneConnection(goOn, answers));
            }
            long begun = System.nanoTime();
            long requests = 0;
            for (Future<Integer> caller : threads.invokeAll(callers)) {
                requests += caller.get();
            }
            return new Load(requests, Duration.ofNanos(System.nanoTime() - begun), answers);
        } finally {
            threads.shutdownNow();
        }
    }

    private int callOnOneConnection(IntPredicate goOn, Set<String> answers) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            int asked = 0;
            for (; goOn.test(asked); asked++) {
                socket.getOutputStream().write(request);
                answers.add(answer(in));
            }
            return asked;
        }
    }

    /** The status line and the body. */
    private static String answer(InputStream in) throws IOException {
        String status = line(in);
        int length = -1;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring("content-length:".length()).strip());
            }
        }
        if (length < 0) {
            throw new IOException("an answer without Content-Length: " + status);
        }
        return status + '\n' + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
