package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.app.ScriptedServer.Reply;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Sahha as a test wants it. Untold, every member has a profile, a phone at UTC+1 and no record; {@link #server} takes any
 * other answer to any call.
 */
final class ScriptedSahha implements AutoCloseable {

    static final String TOKEN = "/api/v1/oauth/account/token";
    static final String PROFILE = "/api/v1/account/profile/";
    static final String DEVICE = "/api/v1/profile/deviceInformation/";
    static final String SCORES = "/api/v1/profile/score/";
    static final String BIOMARKERS = "/api/v1/profile/biomarker/";
    static final String ARCHETYPES = "/api/v1/profile/archetypes/";

    private final ScriptedServer server = new ScriptedServer();

    ScriptedSahha() {
        server.on(
                TOKEN,
                Reply.json("{\"accountToken\":\"scripted.account.token\",\"tokenType\":\"Account\","
                        + "\"expiresIn\":86400}"));
        server.on(
                PROFILE,
                asked -> Reply.json(object().put("externalId", asked.path().substring(PROFILE.length()))
                        .toString()));
        server.on(DEVICE, Reply.json("{\"timeZone\":\"+01:00\"}"));
        server.on(SCORES, Reply.status(204));
        server.on(BIOMARKERS, Reply.status(204));
        server.on(ARCHETYPES, Reply.status(204));
    }

    ScriptedServer server() {
        return server;
    }

    /** What a list such as {@link #SCORES} shows of the member from now on. */
    void has(String list, String userId, JsonNode... records) {
        server.on(
                list + userId,
                Reply.json(Arrays.stream(records).map(JsonNode::toString).collect(Collectors.joining(",", "[", "]"))));
    }

    static ObjectNode score(String id, String type, double score, LocalDate day) {
        ObjectNode row = object().put("id", id)
                .put("type", type)
                .put("state", "medium")
                .put("score", score)
                .put("scoreDateTime", day + "T00:00:00+01:00")
                .put("createdAtUtc", day + "T08:00:00+00:00")
                .put("version", 1);
        row.putArray("factors");
        row.putArray("dataSources");
        return row;
    }

    /** Of a whole day. */
    static ObjectNode biomarker(String id, String category, String type, String value, String unit, LocalDate day) {
        return object().put("id", id)
                .put("category", category)
                .put("type", type)
                .put("periodicity", "daily")
                .put("aggregation", "average")
                .put("value", value)
                .put("unit", unit)
                .put("valueType", "double")
                .put("startDateTime", day + "T00:00:00+01:00")
                .put("endDateTime", day + "T23:59:59+01:00");
    }

    static ObjectNode archetype(String id, String name, String value, LocalDate from) {
        return object().put("id", id)
                .put("name", name)
                .put("value", value)
                .put("dataType", "ordinal")
                .put("periodicity", "weekly")
                .put("ordinality", 2)
                .put("startDateTime", from + "T00:00:00+01:00")
                .put("endDateTime", from.plusDays(6) + "T00:00:00+01:00")
                .put("version", 1);
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public void close() {
        server.close();
    }
}
