package io.holisticos.whoop.api;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.SourceName;
import io.holisticos.outbound.RawJson;
import io.holisticos.outbound.Reply;
import io.holisticos.whoop.api.RecordReader.UndocumentedForm;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads replies. One record of a page that breaks a rule does not affect the others. Error texts name fields and never quote a
 * body.
 */
final class WireReader {

    private static final Logger log = LoggerFactory.getLogger(WireReader.class);

    /** The forms of ids: nothing else of a broken record may get into a log line. */
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");

    private static final Pattern UUID = Pattern.compile("\"[0-9a-fA-F-]{36}\"");

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

    /**
     * @throws RejectedRecord when it is a record that breaks a rule
     * @throws BadSourceReply when it is none
     */
    <T> Fetched<T> single(Reply reply, Class<T> type) {
        try {
            return new Fetched<>(single.read(reply.body(), type), reply.body());
        } catch (JsonMappingException e) {
            throw new RejectedRecord(rejected(reply.body(), type, reasonOf(e)));
        } catch (IOException e) {
            throw new BadSourceReply(from, "status " + reply.status() + ", " + reasonOf(e));
        }
    }

    /**
     * Whose account it is, whatever else of the profile can be read.
     *
     * @throws BadSourceReply when not even that is said, or the body ends too soon
     */
    Account account(Reply reply) {
        try {
            RawJson body = new RawJson(reply.body());
            Map<String, byte[]> pieces = new HashMap<>();
            body.expectObject();
            while (body.nextField()) {
                pieces.put(body.fieldName(), body.value());
            }
            body.expectEnd();
            byte[] id = pieces.get("user_id");
            if (id == null) {
                throw new UndocumentedForm();
            }
            return new Account(
                    single.read(id, Long.class), nameIn(pieces.get("first_name")), nameIn(pieces.get("last_name")));
        } catch (IOException | IllegalArgumentException e) {
            throw new BadSourceReply(from, "status " + reply.status() + ", user_id is not of the documented form");
        }
    }

    /** Empty for what is no name. */
    private String nameIn(byte @Nullable [] piece) {
        if (piece == null || piece.length == 0 || piece[0] != '"') {
            return "";
        }
        try {
            return single.read(piece, String.class).strip();
        } catch (IOException unreadable) {
            return "";
        }
    }

    /** @throws BadSourceReply when it is not a page at all */
    <T> Page<T> page(Reply reply, Class<T> type) {
        try {
            RawJson body = new RawJson(reply.body());
            List<byte[]> raws = null;
            String nextToken = null;
            body.expectObject();
            while (body.nextField()) {
                switch (body.fieldName()) {
                    case "records" -> raws = body.values();
                    case "next_token" -> nextToken = tokenIn(body.value());
                    default -> body.value();
                }
            }
            body.expectEnd();
            if (raws == null) {
                throw new UndocumentedForm();
            }
            return records(raws, type, nextToken);
        } catch (IOException e) {
            throw new BadSourceReply(from, "not a page of " + type.getSimpleName() + ", " + reasonOf(e));
        }
    }

    private @Nullable String tokenIn(byte[] raw) throws IOException {
        JsonNode token = reader.readTree(raw);
        if (!token.isValueNode()) {
            throw new UndocumentedForm();
        }
        return token.isNull() ? null : token.asText();
    }

    private <T> Page<T> records(List<byte[]> raws, Class<T> type, @Nullable String nextToken) {
        List<Fetched<T>> records = new ArrayList<>();
        List<Rejected> rejected = new ArrayList<>();
        for (byte[] raw : raws) {
            try {
                records.add(new Fetched<>(single.read(raw, type), raw));
            } catch (IOException | RuntimeException e) { // whatever is wrong with it, the others are read
                rejected.add(rejected(raw, type, reasonOf(e)));
            }
        }
        return new Page<>(records, rejected, nextToken == null || nextToken.isEmpty() ? null : nextToken);
    }

    private Rejected rejected(byte[] raw, Class<?> type, String reason) {
        Rejected rejected = new Rejected(idOf(raw, type), reason);
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

    /** The id of a record, however broken the rest of it is. */
    private static String idOf(byte[] raw, Class<?> type) {
        String field = type == Recovery.class ? "cycle_id" : "id";
        Pattern form = type == Cycle.class || type == Recovery.class ? NUMBER : UUID;
        String id = RawJson.fieldOf(raw, field);
        return form.matcher(id).matches() ? id.replace("\"", "") : "unknown";
    }

    private static String reasonOf(Exception e) {
        if (e instanceof UndocumentedForm || e instanceof RawJson.OtherForm) {
            return "not the documented form";
        }
        if (!(e instanceof JsonMappingException mapping)) {
            return e instanceof JsonProcessingException ? "not JSON" : "unreadable";
        }
        String path = mapping.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                .collect(Collectors.joining("."));
        // what the creator of one of our records refused is worded here; anything else could quote the value
        String rule = "is not of the documented form";
        if (mapping instanceof StorableValues.Refused) {
            rule = mapping.getOriginalMessage();
        } else if (mapping instanceof ValueInstantiationException && mapping.getCause() != null) {
            rule = String.valueOf(mapping.getCause().getMessage());
        }
        return path.isEmpty() ? rule : path + " " + rule;
    }
}
