package io.holisticos.sahha.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.SahhaEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the events of a delivery. Only whose they are and of which kind is read, and of data logs which source they come
 * from: the values are fetched from the API, because payloads differ from its answers (Sahha documentation, "Webhooks", read
 * 2026-10).
 */
final class SahhaEventParser {

    private static final int MAX_TYPE_LENGTH = 100;

    /** More than any delivery seen: some receivers were sent a list, of one event. */
    private static final int MAX_EVENTS = 100;

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    /** Raw samples need no fetch: the scores and biomarkers made from them have events of their own. */
    private static final String DATA_LOG = "DataLogReceivedIntegrationEvent";

    private SahhaEventParser() {}

    /**
     * The events of a body; empty when the body is not one of Sahha's.
     *
     * @param type from the header, which is not signed: a wrong one only fetches another kind
     */
    static List<SahhaEvent> parse(byte[] body, @Nullable String type) {
        JsonNode tree;
        try {
            tree = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            return List.of();
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
        if (type == null || type.isBlank() || type.length() > MAX_TYPE_LENGTH || tree.size() > MAX_EVENTS) {
            return List.of();
        }
        List<SahhaEvent> events = new ArrayList<>();
        for (JsonNode event : tree.isArray() ? tree : List.of(tree)) {
            UserId who = member(event);
            if (who == null) {
                return List.of();
            }
            events.add(new SahhaEvent(type, who, kindOf(type), type.equals(DATA_LOG) ? DataLogs.in(event) : List.of()));
        }
        return events;
    }

    static boolean isKnownType(SahhaEvent event) {
        return event.kind() != null || event.type().equals(DATA_LOG);
    }

    private static @Nullable SahhaKind kindOf(String type) {
        return switch (type) {
            case "ScoreCreatedIntegrationEvent" -> SahhaKind.SCORES;
            case "BiomarkerCreatedIntegrationEvent" -> SahhaKind.BIOMARKERS;
            case "ArchetypeCreatedIntegrationEvent" -> SahhaKind.ARCHETYPES;
            default -> null;
        };
    }

    private static @Nullable UserId member(JsonNode event) {
        JsonNode externalId = event.path("externalId");
        if (!externalId.isTextual() || !StandardCharsets.UTF_8.newEncoder().canEncode(externalId.textValue())) {
            return null;
        }
        try {
            return new UserId(externalId.textValue());
        } catch (IllegalArgumentException e) {
            return null; // not an id that a member of ours can have
        }
    }
}
