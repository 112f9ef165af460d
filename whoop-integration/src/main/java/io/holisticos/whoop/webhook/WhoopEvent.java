package io.holisticos.whoop.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holisticos.whoop.sync.ReceivedEvent;
import io.holisticos.whoop.sync.RecordCollection;
import io.holisticos.whoop.sync.RecordEvent;
import io.holisticos.whoop.sync.RecordEvent.Happened;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One event, as WHOOP sends it (developer site, "Webhooks", read 2026-10): ids only, no data.
 *
 * @param traceId names the event, the same at every repetition
 * @param type an open vocabulary, such as {@code sleep.updated}
 * @param recordId a UUID in every type we know; empty when there is none
 * @param whoopUserId whose it is, by WHOOP's own id
 */
record WhoopEvent(String traceId, String type, String recordId, OptionalLong whoopUserId) {

    private static final int MOST_TEXT = 200;

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build()
            .reader();

    /** There are no others in v2: none of cycles, body measurement or profile. */
    private static final Map<String, Meaning> KNOWN = Map.of(
            "sleep.updated", new Meaning(RecordCollection.SLEEP, Happened.UPDATED),
            "sleep.deleted", new Meaning(RecordCollection.SLEEP, Happened.DELETED),
            "recovery.updated", new Meaning(RecordCollection.RECOVERY, Happened.UPDATED),
            "recovery.deleted", new Meaning(RecordCollection.RECOVERY, Happened.DELETED),
            "workout.updated", new Meaning(RecordCollection.WORKOUT, Happened.UPDATED),
            "workout.deleted", new Meaning(RecordCollection.WORKOUT, Happened.DELETED));

    private record Meaning(RecordCollection collection, Happened happened) {}

    /**
     * Parses a body; empty when it is no event.
     *
     * @param signedAt is used when there is no trace id, which was never seen
     */
    static Optional<WhoopEvent> parse(byte[] body, String signedAt) {
        JsonNode tree;
        try {
            tree = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
        String type = text(tree, "type");
        if (type == null || type.isEmpty() || !isAbsentOrText(tree, "id") || !isAbsentOrText(tree, "trace_id")) {
            return Optional.empty();
        }
        String id = text(tree, "id");
        String trace = text(tree, "trace_id");
        JsonNode user = tree.path("user_id");
        OptionalLong whoopUserId = user.isNumber() && user.canConvertToExactIntegral() && user.canConvertToLong()
                ? OptionalLong.of(user.longValue()) // also written as 10129.0
                : OptionalLong.empty();
        WhoopEvent event = new WhoopEvent(
                trace == null ? signedAt + ' ' + UUID.nameUUIDFromBytes(body) : trace,
                type,
                id == null ? "" : id,
                whoopUserId);
        return event.isKnownType() && !event.isWhole() ? Optional.empty() : Optional.of(event);
    }

    boolean isKnownType() {
        return KNOWN.containsKey(type);
    }

    /** The record that is worth reading again; empty for types that we do not know. */
    Optional<RecordEvent> recordEvent(Instant receivedAt) {
        return Optional.ofNullable(KNOWN.get(type))
                .map(meaning -> new RecordEvent(
                        meaning.collection(), UUID.fromString(recordId), meaning.happened(), receivedAt));
    }

    /** As the inbox keeps it. */
    ReceivedEvent received(byte[] bodySealed, Instant receivedAt) {
        return new ReceivedEvent(traceId, type, recordId, whoopUserId, bodySealed, receivedAt);
    }

    /** An event that the inbox has kept. */
    static WhoopEvent of(ReceivedEvent kept) {
        return new WhoopEvent(kept.traceId(), kept.type(), kept.recordId(), kept.whoopUserId());
    }

    private boolean isWhole() {
        return whoopUserId.isPresent()
                && recordId.matches("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
    }

    private static boolean isAbsentOrText(JsonNode tree, String field) {
        JsonNode value = tree.path(field);
        return value.isMissingNode() || value.isNull() || text(tree, field) != null;
    }

    /** Null unless it is text that is not too long, and that PostgreSQL can store. */
    private static @Nullable String text(JsonNode tree, String field) {
        JsonNode value = tree.path(field);
        if (!value.isTextual()) {
            return null;
        }
        String text = value.textValue();
        boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(text);
        return text.length() > MOST_TEXT || text.indexOf('\0') >= 0 || !encodable ? null : text;
    }

    /** The member stays out of logs. */
    @Override
    public String toString() {
        return "WhoopEvent[" + type + "]";
    }
}
