package io.holisticos.twins.whoop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** JSON with its nulls dropped, as the official document describes replies. */
final class Wires {
    private Wires() {}

    static JsonNode withoutNulls(JsonNode node) {
        if (node.isObject()) {
            ObjectNode kept = Twin.JSON.createObjectNode();
            node.properties().forEach(field -> {
                if (!field.getValue().isNull()) {
                    kept.set(field.getKey(), withoutNulls(field.getValue()));
                }
            });
            return kept;
        }
        if (node.isArray()) {
            ArrayNode kept = Twin.JSON.createArrayNode();
            node.forEach(item -> kept.add(withoutNulls(item)));
            return kept;
        }
        return node;
    }
}
