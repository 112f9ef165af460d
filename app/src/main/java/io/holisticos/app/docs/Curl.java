package io.holisticos.app.docs;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lines for a shell that ask an operation as its example does. */
final class Curl {

    private static final Map<String, String> CREDENTIALS = Map.of(
            "ApiKey", "-H \"X-API-Key: $KEY\"",
            "Bearer", "-H \"Authorization: Bearer $TOKEN\"",
            "Basic", "-u \"key:$KEY\"",
            "Session", "-b cookies.txt -H 'X-Requested-With: curl'");

    /** Only browsers with our page, and senders who can sign, get an answer there. */
    private static final Set<String> NOT_FOR_SHELLS = Set.of("Browser", "Webhooks");

    private Curl() {}

    /** The options that show this credential. */
    static String credential(String scheme) {
        return CREDENTIALS.getOrDefault(scheme, "");
    }

    /** The line; empty where a shell gets nowhere. */
    static String of(String origin, String method, String path, JsonNode document, JsonNode operation) {
        if (NOT_FOR_SHELLS.contains(operation.path("tags").path(0).asText())) {
            return "";
        }
        List<String> words = new ArrayList<>(List.of("curl"));
        if (!method.equals("GET")) {
            words.add("-X " + method);
        }
        boolean needsCredential = operation.path("security").isMissingNode()
                && !document.path("security").isEmpty();
        if (needsCredential) {
            words.add(credential("ApiKey"));
        }
        String target = path;
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : operation.path("parameters")) {
            JsonNode example = parameter.path("example");
            String name = parameter.path("name").asText();
            if (example.isMissingNode()) {
                continue;
            }
            String value = URLEncoder.encode(example.asText(), StandardCharsets.UTF_8);
            if (parameter.path("in").asText().equals("path")) {
                target = target.replace('{' + name + '}', value);
            } else if (parameter.path("in").asText().equals("query")) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(name)
                        .append('=')
                        .append(value);
            }
        }
        JsonNode body = operation.at("/requestBody/content/application~1json/examples");
        if (!body.isEmpty()) {
            words.add("-H 'Content-Type: application/json'");
            words.add("-d '" + body.elements().next().path("value").toString().replace("'", "'\\''") + "'");
        }
        words.add('\'' + origin + target + query + '\'');
        return String.join(" \\\n  ", words);
    }
}
