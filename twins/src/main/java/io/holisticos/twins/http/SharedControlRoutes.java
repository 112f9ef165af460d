package io.holisticos.twins.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.twins.TwinClock;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The control routes that all twins share: fault rules, statistics and the clock. */
final class SharedControlRoutes {
    private final TwinClock clock;
    private final Faults faults;
    private final Stats stats;
    private final Map<String, Supplier<Object>> moreStats;

    /** @param moreStats sections of the statistics, by name; may grow later */
    SharedControlRoutes(TwinClock clock, Faults faults, Stats stats, Map<String, Supplier<Object>> moreStats) {
        this.clock = clock;
        this.faults = faults;
        this.stats = stats;
        this.moreStats = moreStats;
    }

    void addTo(TwinServer server) {
        server.route("POST", "/_twin/faults", this::addFault);
        server.route("GET", "/_twin/faults", call -> Reply.json(200, faultsJson()));
        server.route("DELETE", "/_twin/faults", call -> clearFaults());
        server.route("GET", "/_twin/stats", call -> Reply.json(200, statsJson()));
        server.route(
                "GET",
                "/_twin/clock",
                call -> Reply.json(200, Map.of("now", clock.instant().toString())));
        server.route("POST", "/_twin/clock", this::advanceClock);
    }

    private Reply addFault(Call call) {
        JsonNode json = Json.object(call.body(), Set.of("path", "kind", "status", "probability", "count", "delay_ms"));
        String word = Json.text(json, "kind");
        FaultKind kind =
                FaultKind.ofWord(word).orElseThrow(() -> new IllegalArgumentException("unknown kind '" + word + "'"));
        String path = json.has("path") ? Json.text(json, "path") : "/";
        Integer delay = whole(json, "delay_ms");
        JsonNode probability = json.path("probability");
        if (!probability.isMissingNode() && !probability.isNull() && !probability.isNumber()) {
            throw new IllegalArgumentException("'probability' must be a number");
        }
        FaultRule rule = new FaultRule(
                path,
                kind,
                whole(json, "status"),
                probability.asDouble(1),
                whole(json, "count"),
                delay == null ? null : Duration.ofMillis(delay));
        faults.add(rule);
        return Reply.json(201, json);
    }

    private static @Nullable Integer whole(JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new IllegalArgumentException("'" + key + "' must be a whole number");
        }
        return value.intValue();
    }

    private Reply clearFaults() {
        faults.clear();
        return Reply.empty(204);
    }

    private List<Map<String, Object>> faultsJson() {
        return faults.rules().stream()
                .map(rule -> {
                    Map<String, Object> json = new LinkedHashMap<>();
                    json.put("path", rule.path());
                    json.put("kind", rule.kind().word());
                    json.put("status", rule.status());
                    json.put("probability", rule.probability());
                    json.put("count", rule.count());
                    Duration delay = rule.delay();
                    json.put("delay_ms", delay == null ? null : delay.toMillis());
                    return json;
                })
                .toList();
    }

    private Map<String, Object> statsJson() {
        Map<String, Object> json = new LinkedHashMap<>(stats.toJson());
        moreStats.forEach((section, counts) -> json.put(section, counts.get()));
        return json;
    }

    private Reply advanceClock(Call call) {
        String step = Json.text(Json.object(call.body(), Set.of("advance")), "advance");
        try {
            return Reply.json(
                    200, Map.of("now", clock.advance(Duration.parse(step)).toString()));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("'advance' must be an ISO-8601 duration such as PT6H", e);
        }
    }
}
