package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One day of many members. */
record OverviewsRequest(
        @ArraySchema(
                arraySchema =
                        @Schema(description = "The members, each once; a line of the answer for each, in this order"),
                schema = @Schema(type = "string", minLength = 1, maxLength = UserId.MAX_LENGTH),
                minItems = 1,
                maxItems = OverviewsRequest.MAX_MEMBERS,
                uniqueItems = true)
        @JsonProperty("user_ids")
        List<UserId> userIds,

        @Schema(
                type = "string",
                defaultValue = "today",
                description = "today, yesterday, YYYY-MM-DD or MM/DD/YYYY; the first two by each person's own time")
        @JsonProperty("period")
        Period period) {

    static final int MAX_MEMBERS = 100;

    private static final String USER_IDS = "user_ids";
    private static final String PERIOD = "period";

    OverviewsRequest {
        userIds = List.copyOf(userIds);
    }

    /**
     * The request in this body.
     *
     * @throws InvalidRequest when the body has any other form, or names a member twice
     */
    static OverviewsRequest of(@Nullable JsonNode body) {
        if (body == null || !body.isObject()) {
            throw new InvalidRequest("the body must be an object such as {\"user_ids\":[\"…\"],\"period\":\"today\"}");
        }
        body.fieldNames().forEachRemaining(name -> {
            if (!name.equals(USER_IDS) && !name.equals(PERIOD)) {
                throw new InvalidRequest("the body may have " + USER_IDS + " and " + PERIOD + ", nothing else");
            }
        });
        return new OverviewsRequest(userIds(body.path(USER_IDS)), period(body.path(PERIOD)));
    }

    private static List<UserId> userIds(JsonNode list) {
        if (!list.isArray() || list.isEmpty() || list.size() > MAX_MEMBERS) {
            throw new InvalidRequest(USER_IDS + " must be a list of 1 to " + MAX_MEMBERS + " ids"
                    + (list.isArray() ? ", was " + list.size() : ""));
        }
        List<UserId> userIds = new ArrayList<>(list.size());
        Set<UserId> seen = new HashSet<>();
        for (JsonNode one : list) {
            String place = USER_IDS + '[' + userIds.size() + ']';
            UserId userId = userId(place, one);
            if (!seen.add(userId)) {
                throw new InvalidRequest(place + " is there already: name each member once");
            }
            userIds.add(userId);
        }
        return userIds;
    }

    private static UserId userId(String place, JsonNode id) {
        if (!id.isTextual()) {
            throw new InvalidRequest(place + " must be a text");
        }
        try {
            return new UserId(id.textValue());
        } catch (IllegalArgumentException e) {
            throw new InvalidRequest(place + ": " + e.getMessage(), e);
        }
    }

    private static Period period(JsonNode period) {
        if (period.isMissingNode() || period.isNull()) {
            return Period.TODAY;
        }
        return Period.parse(period.isTextual() ? period.textValue() : "");
    }
}
