package io.holisticos.sahha;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holisticos.health.UserId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That Sahha has something new of a member. What it is, is left to the API: payloads differ from its answers (Sahha
 * documentation, "Webhooks", read 2026-10).
 *
 * @param type an open vocabulary
 * @param kind what is to be read again; null when nothing follows
 */
record SahhaEvent(String type, UserId who, @Nullable Kind kind) {

    private static final int MOST_TEXT = 100;

    /** More than any delivery seen: some receivers were sent a list, of one event. */
    private static final int MOST_EVENTS = 100;

    private static final ObjectReader JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    /** Raw samples: the scores and biomarkers made of them are told on their own. */
    private static final String DATA_LOG = "DataLogReceivedIntegrationEvent";

    /**
     * The events of a body; none when it is not one.
     *
     * @param type as the header says, which is not signed: at worst, another kind is read again
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
        if (type == null || type.isBlank() || type.length() > MOST_TEXT || tree.size() > MOST_EVENTS) {
            return List.of();
        }
        List<SahhaEvent> events = new ArrayList<>();
        for (JsonNode event : tree.isArray() ? tree : List.of(tree)) {
            UserId who = member(event);
            if (who == null) {
                return List.of();
            }
            events.add(new SahhaEvent(type, who, kindOf(type)));
        }
        return events;
    }

    boolean isKnownType() {
        return kind != null || type.equals(DATA_LOG);
    }

    private static @Nullable Kind kindOf(String type) {
        return switch (type) {
            case "ScoreCreatedIntegrationEvent" -> Kind.SCORES;
            case "BiomarkerCreatedIntegrationEvent" -> Kind.BIOMARKERS;
            case "ArchetypeCreatedIntegrationEvent" -> Kind.ARCHETYPES;
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
            return null; // no id that a member of ours can have
        }
    }

    @Override
    public String toString() {
        return "SahhaEvent[" + type + "]";
    }
}
