package io.holisticos.twins.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request, as a route reads it. */
public final class Call {
    private final Target target;
    private final Map<String, List<String>> query;
    private final Function<String, @Nullable String> headers;
    private final byte[] body;
    private final Faults faults;
    private final Map<String, String> replyHeaders = new LinkedHashMap<>();
    private String member = "";

    Call(
            Target target,
            @Nullable String query,
            Function<String, @Nullable String> headers,
            byte[] body,
            Faults faults) {
        this.target = target;
        this.query = pairs(query == null ? "" : query);
        this.headers = headers;
        this.body = body;
        this.faults = faults;
    }

    /** The path as sent, still encoded. */
    public String path() {
        return target.path();
    }

    /** Method and pattern, such as {@code GET /developer/v2/cycle/{cycleId}}; statistics count calls by it. */
    public String endpoint() {
        return target.endpoint();
    }

    /** The decoded part of the path for this name in the pattern. */
    public String pathParameter(String name) {
        String value = target.parameters().get(name);
        if (value == null) {
            throw new IllegalArgumentException(target.endpoint() + " has no {" + name + "}");
        }
        return value;
    }

    /** The first value of a query parameter. */
    public Optional<String> query(String name) {
        return queryAll(name).stream().findFirst();
    }

    /** All values of a query parameter in order. */
    public List<String> queryAll(String name) {
        return query.getOrDefault(name, List.of());
    }

    /** All query parameters, decoded. */
    public Map<String, List<String>> query() {
        return query;
    }

    /** A request header by its name in any case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.apply(name));
    }

    /** The credential of {@code Authorization: Bearer …}. */
    public Optional<String> bearer() {
        return header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).trim());
    }

    /** The body's bytes. */
    public byte[] body() {
        return body.clone();
    }

    /** The body read as an HTML form. */
    public Map<String, List<String>> form() {
        return pairs(new String(body, StandardCharsets.UTF_8));
    }

    /** The member whom the call concerns; empty when the twin does not know. */
    public String member() {
        return member;
    }

    /** Whether a rule applies this kind of fault to the call; a rule with a count is used up once more. */
    public boolean takesFault(FaultKind kind) {
        return faults.take(path(), Set.of(kind)).isPresent();
    }

    /** Adds a header to the reply, whichever it will be. */
    public void replyHeader(String name, String value) {
        replyHeaders.put(name, value);
    }

    void identify(String who) {
        this.member = who;
    }

    Map<String, String> replyHeaders() {
        return replyHeaders;
    }

    /** The pairs of an encoded query or form, decoded. */
    public static Map<String, List<String>> pairs(String encoded) {
        Map<String, List<String>> pairs = new LinkedHashMap<>();
        for (String pair : encoded.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = equals < 0 ? pair : pair.substring(0, equals);
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            if (!name.isEmpty()) {
                pairs.computeIfAbsent(decode(name), key -> new ArrayList<>()).add(decode(value));
            }
        }
        return pairs;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            return text; // servers differ about a stray '%'; this one keeps the text as it came
        }
    }

    record Target(String path, String endpoint, Map<String, String> parameters) {}
}
