package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.app.ScriptedServer.Manner;
import io.holisticos.app.ScriptedServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Records, lists and answers as no documentation knows them; the same seed gives the same. Not thread-safe. */
final class Hostile {

    private static final String MARK = "\"@@@\"";

    /** Values that somebody may send where another was agreed upon. */
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "-1",
            "0",
            "130.0",
            "130.5",
            "1e400",
            "-1e-400",
            "1e999999999",
            "NaN",
            "-Infinity",
            "2147483648",
            "9223372036854775807",
            "-9223372036854775808",
            "9".repeat(2_000),
            "\"\"",
            "\" \"",
            "\"NaN\"",
            "\"130.0\"",
            "\"a\\u0000b\"",
            "\"a\\ud800b\"",
            "\"\\udfff\"",
            "\"a\\u0007\\u200e\\u202eb\"",
            "\"a\u0001b\"",
            "\"\\u12\"",
            "\"🏃 Läufe\"",
            "\"'; drop table whoop_cycle; --\"",
            "\"" + "x".repeat(20_000) + "\"",
            "\"00000000-0000-0000-0000-000000000000\"",
            "\"+1000000000-12-31T23:59:59.999999999Z\"",
            "\"0001-01-01T00:00:00Z\"",
            "\"9999-12-31T23:59:59.999999999Z\"",
            "\"2026-02-30T25:00:00Z\"",
            "\"1969-12-31T23:59:59+18:00\"",
            "\"+99:99\"",
            "\"-18:00\"",
            "[]",
            "{}",
            "[" + "1,".repeat(5_000) + "1]",
            "[".repeat(200) + "]".repeat(200),
            "{\"a\":".repeat(3_000) + "1" + "}".repeat(3_000));

    private static final List<String> HEADER_VALUES = List.of(
            "",
            "0",
            "-1",
            "60",
            "99",
            "soon",
            "1e9",
            "NaN",
            "9223372036854775807",
            "92233720368547758080",
            "Wed, 21 Oct 2099 07:28:00 GMT",
            "100, 100;window=60, 10000;window=86400",
            "100;window=;;,x",
            "x".repeat(2_000));

    private static final List<String> CONTENT_TYPES = List.of(
            "application/json;charset=utf-8",
            "application/json; charset=nonsense",
            "text/plain",
            "application/xml",
            "nonsense;;;=",
            "*/*",
            "");

    private final Random dice;

    Hostile(long seed) {
        dice = new Random(seed);
    }

    int upTo(int bound) {
        return dice.nextInt(bound);
    }

    boolean onceIn(int times) {
        return dice.nextInt(times) == 0;
    }

    <T> T oneOf(List<T> all) {
        return all.get(dice.nextInt(all.size()));
    }

    /** The record as text, with something about it that should not be. */
    String spoiled(ObjectNode good) {
        ObjectNode record = good.deepCopy();
        List<Map.Entry<ObjectNode, String>> fields = new ArrayList<>();
        collect(record, fields);
        Map.Entry<ObjectNode, String> field = oneOf(fields);
        switch (upTo(12)) {
            case 0 -> field.getKey().remove(field.getValue());
            case 1 -> {
                return oneOf(VALUES);
            }
            case 2 -> {
                return '[' + good.toString() + ']';
            }
            case 3 -> {
                String text = good.toString(); // a name twice
                return text.substring(0, text.length() - 1) + ",\"" + field.getValue() + "\":" + oneOf(VALUES) + "}";
            }
            case 4 -> record.put("unheard_of_" + upTo(100), "@@@");
            case 5 -> record.put("unheard\u0000of", "@@@");
            default -> field.getKey().put(field.getValue(), "@@@");
        }
        return record.toString().replace(MARK, oneOf(VALUES));
    }

    /** A list of good records and others, in the order of the good ones; the good ones are all there. */
    String list(List<ObjectNode> good, List<ObjectNode> toSpoil) {
        List<String> records = new ArrayList<>();
        good.forEach(record -> records.add(record.toString()));
        for (ObjectNode record : toSpoil) {
            records.add(upTo(records.size() + 1), spoiled(record));
        }
        if (onceIn(5) && !good.isEmpty()) {
            records.add(upTo(records.size() + 1), oneOf(good).toString()); // twice on one page
        }
        return '[' + String.join(",", records) + ']';
    }

    /** The answer with headers, a type and an encoding of all sorts, and all of its body. */
    Reply dressed(Reply reply) {
        Reply dressed = reply;
        for (String name : List.of("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After")) {
            if (onceIn(10)) {
                dressed = dressed.with(name, oneOf(HEADER_VALUES));
            }
        }
        if (onceIn(4)) {
            dressed = dressed.with("Content-Type", oneOf(CONTENT_TYPES));
        }
        if (onceIn(5)) {
            dressed = dressed.with("Content-Encoding", "gzip").withBody(gzip(reply.body()));
        }
        return dressed;
    }

    /** Something that is no answer at all. */
    Reply nonsense() {
        return switch (upTo(12)) {
            case 0 -> Reply.of(500, "application/json", "{\"error\":\"\\u0000\"}");
            case 1 -> Reply.of(502, "text/html", "<html>bad gateway</html>");
            case 2 -> Reply.of(503, "text/plain", "later").with("Retry-After", oneOf(HEADER_VALUES));
            case 3 -> Reply.of(400, "text/plain", "Bad Request");
            case 4 -> Reply.status(204);
            case 5 -> Reply.json("{\"records\":[{\"id\":");
            case 6 -> Reply.json(oneOf(VALUES));
            case 7 -> Reply.json("{}").with("Content-Encoding", "gzip"); // and is not
            case 8 -> Reply.json("{\"records\":{}}").with("Content-Encoding", "x-unheard-of");
            case 9 -> Reply.json("{\"records\":[],\"next_token\":{\"a\":1}}").in(Manner.CUT_OFF);
            case 10 -> Reply.status(200).in(Manner.RESET);
            default -> Reply.of(200, "text/html", "<html>maintenance</html>");
        };
    }

    String token() {
        return oneOf(List.of("a\u0000b", "x".repeat(5_000), "p1", "again", "\ud800", " "));
    }

    private static void collect(ObjectNode object, List<Map.Entry<ObjectNode, String>> fields) {
        object.properties().forEach(field -> {
            fields.add(Map.entry(object, field.getKey()));
            JsonNode value = field.getValue();
            if (value instanceof ObjectNode inner) {
                collect(inner, fields);
            } else if (value instanceof ArrayNode list) {
                list.forEach(element -> {
                    if (element instanceof ObjectNode inner) {
                        collect(inner, fields);
                    }
                });
            }
        });
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
