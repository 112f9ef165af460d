package io.holisticos.bench.drive;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A request, before anybody sends it. No part may have a tab or a line break. */
public record Request(String method, String path, Map<String, String> headers, String body) {

    public static Request get(String path, Map<String, String> headers) {
        return new Request("GET", path, headers, "");
    }

    /** One line of the file that {@code requests.lua} reads. */
    String line() {
        String all = new TreeMap<>(headers)
                .entrySet().stream()
                        .map(header -> header.getKey() + ": " + header.getValue())
                        .collect(Collectors.joining("\u001f"));
        return String.join("\t", method, path, all, body);
    }

    /** As it goes over the wire. */
    public byte[] bytes(int port) {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: localhost:")
                .append(port)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (content.length > 0) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        return (head + "\r\n" + body).getBytes(StandardCharsets.UTF_8);
    }
}
