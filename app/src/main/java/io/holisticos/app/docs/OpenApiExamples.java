package io.holisticos.app.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

final class OpenApiExamples {
    static void addTo(ObjectNode document) {}
}
