package io.holisticos.twins.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the caller receives. */
public final class Reply {
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;
    private final boolean dropped;

    private Reply(int status, Map<String, String> headers, byte[] body, boolean dropped) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.dropped = dropped;
    }

    /** Only a status. */
    public static Reply empty(int status) {
        return new Reply(status, Map.of(), new byte[0], false);
    }

    /** Those bytes as that type. */
    public static Reply of(int status, String contentType, byte[] body) {
        return new Reply(status, Map.of("Content-Type", contentType), body, false);
    }

    /** That text as that type, in UTF-8. */
    public static Reply text(int status, String contentType, String body) {
        return of(status, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Compact JSON of maps, lists, nodes, texts and numbers. */
    public static Reply json(int status, Object value) {
        return of(status, "application/json", Json.bytes(value));
    }

    /** 302 to that place. */
    public static Reply redirect(String location) {
        return empty(302).with("Location", location);
    }

    /** 400 of a control route, with the rule that was broken. */
    public static Reply refused(String message) {
        return json(400, Map.of("error", message));
    }

    /** No reply: the work was done, then the connection broke. */
    public static Reply dropped() {
        return new Reply(0, Map.of(), new byte[0], true);
    }

    /** The same with one more header. */
    public Reply with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Reply(status, more, body, dropped);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    Map<String, String> headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    boolean isDropped() {
        return dropped;
    }
}
