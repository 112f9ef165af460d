package io.holisticos.whoop.api;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.SourceName;
import io.holisticos.outbound.Reply;
import io.holisticos.whoop.api.RecordReader.UndocumentedForm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From bytes to records: null and absent are the same, unknown fields are fine, and each record of a page stands for
 * itself. Error texts name fields and never quote a body.
 */
final class WireReader {

    private static final Logger log = LoggerFactory.getLogger(WireReader.class);

    /** What an id looks like, so that nothing else of a broken record gets into a log line. */
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F-]{1,36}");

    private final SourceName from;
    private final RecordReader single;
    private final ObjectReader reader;
    private final MetricRegistry metrics;

    WireReader(SourceName from, ObjectMapper mapper, MetricRegistry metrics) {
        this.from = from;
        this.single = new RecordReader(mapper);
        this.reader = single.reader();
        this.metrics = metrics;
    }

    /** @throws BadSourceReply when it is not a record of this type */
    <T> Fetched<T> single(Reply reply, Class<T> type) {
        try {
            return new Fetched<>(single.read(reply.body(), type), reply.body());
        } catch (IOException e) {
            throw new BadSourceReply(from, "status " + reply.status() + ", " + reasonOf(e));
        }
    }

    /** @throws BadSourceReply when it is not a page at all */
    <T> Page<T> page(Reply reply, Class<T> type) {
        try (JsonParser in = reader.createParser(reply.body())) {
            List<byte[]> raws = null;
            String nextToken = null;
            expect(in.nextToken() == JsonToken.START_OBJECT);
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String field = in.currentName();
                JsonToken value = in.nextToken();
                switch (field) {
                    case "records" -> raws = elements(in, reply.body());
                    case "next_token" -> {
                        expect(value.isScalarValue());
                        nextToken = in.getValueAsString();
                    }
                    default -> in.skipChildren();
                }
            }
            expect(in.nextToken() == null && raws != null);
            return records(raws == null ? List.of() : raws, type, nextToken);
        } catch (IOException e) {
            throw new BadSourceReply(from, "not a page of " + type.getSimpleName() + ", " + reasonOf(e));
        }
    }

    /** The bytes of each element, as they came. */
    private static List<byte[]> elements(JsonParser in, byte[] body) throws IOException {
        expect(in.currentToken() == JsonToken.START_ARRAY);
        List<byte[]> raws = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            expect(in.currentToken() != null);
            long start = in.currentTokenLocation().getByteOffset();
            in.skipChildren();
            in.finishToken();
            long end = in.currentLocation().getByteOffset();
            expect(start >= 0 && end <= body.length); // unknown in encodings other than UTF-8
            raws.add(Arrays.copyOfRange(body, (int) start, (int) end));
        }
        return raws;
    }

    private <T> Page<T> records(List<byte[]> raws, Class<T> type, @Nullable String nextToken) {
        List<Fetched<T>> records = new ArrayList<>();
        List<Rejected> rejected = new ArrayList<>();
        for (byte[] raw : raws) {
            try {
                records.add(new Fetched<>(single.read(raw, type), raw));
            } catch (IOException e) {
                rejected.add(rejected(raw, type, e));
            }
        }
        return new Page<>(records, rejected, nextToken == null || nextToken.isEmpty() ? null : nextToken);
    }

    private Rejected rejected(byte[] raw, Class<?> type, IOException why) {
        Rejected rejected = new Rejected(idOf(raw), reasonOf(why), raw);
        metrics.counter(MetricRegistry.name(
                        from.value(), "rejected", type.getSimpleName().toLowerCase(Locale.ROOT)))
                .inc();
        log.warn(
                "event=record_rejected provider={} type={} id={} reason=\"{}\"",
                from,
                type.getSimpleName(),
                rejected.id(),
                rejected.reason());
        return rejected;
    }

    private String idOf(byte[] raw) {
        try {
            JsonNode record = reader.readTree(raw);
            String id = record.path("id").asText(record.path("cycle_id").asText());
            return ID.matcher(id).matches() ? id : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String reasonOf(IOException e) {
        if (e instanceof UndocumentedForm) {
            return "not the documented form";
        }
        if (!(e instanceof JsonMappingException mapping)) {
            return e instanceof JsonProcessingException ? "not JSON" : "unreadable";
        }
        String path = mapping.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
        // what the creator of one of our records refused is worded here; anything else could quote the value
        String rule = mapping instanceof ValueInstantiationException && mapping.getCause() != null
                ? String.valueOf(mapping.getCause().getMessage())
                : "is not of the documented form";
        return path.isEmpty() ? rule : path + " " + rule;
    }

    private static void expect(boolean holds) throws IOException {
        if (!holds) {
            throw new UndocumentedForm();
        }
    }
}
