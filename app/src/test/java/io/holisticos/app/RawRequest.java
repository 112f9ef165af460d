package io.holisticos.app;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Requests that a well-behaved client refuses to send, written to the socket as they are. */
final class RawRequest {

    private static final int PATIENCE_MILLIS = 20_000;

    private RawRequest() {}

    /** @param headers by name in lower case */
    record Answer(int status, Map<String, String> headers, String body) {}

    static Answer send(URI server, String method, String target, String... headers) throws IOException {
        return sendFor(server.getAuthority(), server, method, target, headers);
    }

    /** The same for another host than the server's. */
    static Answer sendFor(String host, URI server, String method, String target, String... headers) throws IOException {
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            String more = Arrays.stream(headers).map(header -> header + "\r\n").collect(Collectors.joining());
            String request =
                    method + ' ' + target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + more + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static Answer parse(String answer) {
        int end = answer.indexOf("\r\n\r\n");
        String[] head = answer.substring(0, end).split("\r\n");
        Map<String, String> headers = Arrays.stream(head)
                .skip(1)
                .map(line -> line.split(":\\s*", 2))
                .collect(Collectors.toMap(
                        parts -> parts[0].toLowerCase(Locale.ROOT), parts -> parts[1], (first, second) -> first));
        return new Answer(Integer.parseInt(head[0].split(" ")[1]), headers, answer.substring(end + 4));
    }
}
