package io.holisticos.app.admin;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.app.flags.FlagChange;
import io.holisticos.health.HealthError.InvalidRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The JSON body of a change of a flag. It is read field by field, because a switch must not guess what is meant. */
final class FlagBody {

    private static final String ENABLED = "enabled";
    private static final String PERCENTAGE = "percentage";
    private static final String USERS = "users";
    private static final String FORM =
            "the body is {\"enabled\":true,\"percentage\":100,\"users\":[]}, where fields left out stay as they are";

    private FlagBody() {}

    /** @throws InvalidRequest when the body is not a change. Its message names the field and the rule */
    static FlagChange read(ObjectMapper json, byte[] body) {
        JsonNode told = tree(json, body);
        if (!told.isObject() || told.isEmpty()) {
            throw new InvalidRequest(FORM);
        }
        Set<String> unknown = new TreeSet<>();
        told.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(Set.of(ENABLED, PERCENTAGE, USERS));
        if (!unknown.isEmpty()) {
            throw new InvalidRequest("unknown fields " + unknown + ", known are enabled, percentage and users");
        }
        return new FlagChange(enabled(told.get(ENABLED)), percentage(told.get(PERCENTAGE)), users(told.get(USERS)));
    }

    private static JsonNode tree(ObjectMapper json, byte[] body) {
        try {
            return json.reader()
                    .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(body);
        } catch (IOException | NumberFormatException e) { // without the message of the exception, which quotes the body
            throw new InvalidRequest(FORM, e);
        }
    }

    private static @Nullable Boolean enabled(@Nullable JsonNode told) {
        if (told == null) {
            return null;
        }
        if (!told.isBoolean()) {
            throw new InvalidRequest("enabled must be true or false");
        }
        return told.booleanValue();
    }

    private static @Nullable Integer percentage(@Nullable JsonNode told) {
        if (told == null) {
            return null;
        }
        if (!told.isIntegralNumber() || !told.canConvertToInt()) {
            throw new InvalidRequest("percentage must be a whole number from 0 to 100");
        }
        return told.intValue();
    }

    private static @Nullable List<String> users(@Nullable JsonNode told) {
        if (told == null) {
            return null;
        }
        List<String> users = new ArrayList<>();
        if (told.isArray()) {
            for (Iterator<JsonNode> all = told.elements(); all.hasNext(); ) {
                JsonNode user = all.next();
                if (user.isTextual()) {
                    users.add(user.textValue());
                }
            }
        }
        if (!told.isArray() || users.size() != told.size()) {
            throw new InvalidRequest("users must be a list of texts, the ids of members");
        }
        return users;
    }
}
