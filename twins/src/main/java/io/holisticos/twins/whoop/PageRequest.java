package io.holisticos.twins.whoop;

import com.fasterxml.jackson.databind.node.NullNode;
import io.holisticos.twins.http.Call;
import io.holisticos.twins.http.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One request for a page of a collection. */
record PageRequest(
        String collection,
        @Nullable Instant start,
        @Nullable Instant end,
        int limit,
        @Nullable PageToken after) {
    private static final byte[] OPENING = "{\"records\":[".getBytes(StandardCharsets.UTF_8);
    private static final byte[] TOKEN = "],\"next_token\":".getBytes(StandardCharsets.UTF_8);
    private static final int DEFAULT_LIMIT = 10;
    private static final int MAX_LIMIT = 25;
    /** No record lasts longer, so older ones cannot overlap; but for cycles left open, which are not looked for further back. */
    private static final Duration LONGEST = Duration.ofDays(8);

    /** The page that the call asks for; empty if WHOOP would answer 400. */
    static Optional<PageRequest> of(Call call, String collection) {
        try {
            Optional<String> token = call.query("nextToken");
            Optional<PageToken> after = token.flatMap(PageToken::decode);
            if (token.isPresent() && after.isEmpty()) {
                return Optional.empty();
            }
            PageRequest request = new PageRequest(
                    collection,
                    moment(call, "start"),
                    moment(call, "end"),
                    call.query("limit")
                            .map(Integer::parseInt)
                            .orElse(after.map(PageToken::limit).orElse(DEFAULT_LIMIT)),
                    null);
            boolean isValid = request.limit >= 1 && request.limit <= MAX_LIMIT;
            return isValid ? after.map(request::resume).orElse(Optional.of(request)) : Optional.empty();
        } catch (DateTimeException | NumberFormatException malformed) {
            return Optional.empty();
        }
    }

    /** Continues where the token says; filters may be omitted, but not changed. */
    private Optional<PageRequest> resume(PageToken token) {
        boolean same = token.collection().equals(collection)
                && (start == null || start.equals(token.start()))
                && (end == null || end.equals(token.end()))
                && limit == token.limit();
        return same
                ? Optional.of(new PageRequest(collection, token.start(), token.end(), limit, token))
                : Optional.empty();
    }

    /** The latest moment before which all records of this page began; null for no bound. */
    @Nullable
    Instant before() {
        return after == null ? end : after.lastStart().plusMillis(1);
    }

    /** The page's body with explicit nulls, from records that were written before. */
    byte[] bytes(Stream<WireRecord> newestFirst) {
        List<WireRecord> found = found(newestFirst);
        ByteArrayOutputStream page = new ByteArrayOutputStream(32_768);
        page.writeBytes(OPENING);
        int shown = Math.min(limit, found.size());
        for (int i = 0; i < shown; i++) {
            if (i > 0) {
                page.write(',');
            }
            page.writeBytes(found.get(i).bytes());
        }
        page.writeBytes(TOKEN);
        page.writeBytes(Json.bytes(found.size() > limit ? next(found.get(limit - 1)) : NullNode.getInstance()));
        page.write('}');
        return page.toByteArray();
    }

    /** The page's body. */
    Map<String, Object> page(Stream<WireRecord> newestFirst) {
        List<WireRecord> found = found(newestFirst);
        List<WireRecord> shown = found.subList(0, Math.min(limit, found.size()));
        List<Map<String, Object>> records = new ArrayList<>();
        shown.forEach(record -> records.add(record.json()));
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("records", records);
        page.put("next_token", found.size() > limit ? next(shown.get(limit - 1)) : null);
        return page;
    }

    /** The page's records, and the one after them if there is one. */
    private List<WireRecord> found(Stream<WireRecord> newestFirst) {
        return newestFirst
                .takeWhile(record -> start == null || record.start().isAfter(start.minus(LONGEST)))
                .filter(record -> record.overlaps(start, end))
                .filter(this::isAfterToken)
                .limit(limit + 1L)
                .toList();
    }

    private boolean isAfterToken(WireRecord record) {
        if (after == null) {
            return true;
        }
        int order = record.start().compareTo(after.lastStart());
        return order < 0 || (order == 0 && record.key().compareTo(after.key()) < 0);
    }

    private String next(WireRecord last) {
        return new PageToken(collection, start, end, limit, last.start(), last.key()).encode();
    }

    private static @Nullable Instant moment(Call call, String name) {
        Optional<String> text = call.query(name);
        if (text.isEmpty()) {
            return null;
        }
        // a '+' that was not encoded arrives as a space
        return OffsetDateTime.parse(text.get().replace(' ', '+')).toInstant();
    }
}
