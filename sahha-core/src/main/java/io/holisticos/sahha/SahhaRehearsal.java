package io.holisticos.sahha;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.RecordDecoder;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.data.RefreshMarkStore;
import io.holisticos.sahha.data.SahhaRowStore;
import io.holisticos.vitals.HotRoute;
import io.holisticos.web.WebhookSecrets;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A made-up member of Sahha's with a few days, and what is asked about members. */
final class SahhaRehearsal {

    private static final int DAYS = 5;
    private static final List<String> SCORES =
            List.of("wellbeing", "activity", "sleep", "readiness", "mental_wellbeing");

    /** Types of Sahha's, with their categories. */
    private static final Map<String, String> BIOMARKERS = Map.of(
            "steps", "activity",
            "active_energy_burned", "activity",
            "sleep_duration", "sleep",
            "heart_rate_resting", "vitals",
            "heart_rate_variability_rmssd", "vitals",
            "respiratory_rate_sleep", "vitals");

    private final SahhaRowStore rows;
    private final WebhookSecrets secrets;
    private final RecordDecoder decoder;
    private final Clock clock;

    SahhaRehearsal(SahhaRowStore rows, WebhookSecrets secrets, RecordDecoder decoder, Clock clock) {
        this.rows = rows;
        this.secrets = secrets;
        this.decoder = decoder;
        this.clock = clock;
    }

    /** Saves the member's days, as current as after a fetch, so that nobody asks Sahha for them. */
    List<HotRoute> begin(UserId who) {
        Instant now = clock.instant();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        ArrayNode scores = JsonNodeFactory.instance.arrayNode();
        ArrayNode biomarkers = JsonNodeFactory.instance.arrayNode();
        for (LocalDate day = today.minusDays(DAYS - 1L); !day.isAfter(today); day = day.plusDays(1)) {
            for (String type : SCORES) {
                scores.add(score(type, day));
            }
            for (Map.Entry<String, String> type : BIOMARKERS.entrySet()) {
                biomarkers.add(biomarker(type.getKey(), type.getValue(), day));
            }
        }
        save(SahhaKind.SCORES, who, scores, now);
        save(SahhaKind.BIOMARKERS, who, biomarkers, now);

        String overview = "/api/v1/health-metrics/overview?profile_id=" + who.value();
        List<HotRoute> routes = new ArrayList<>();
        routes.add(new HotRoute("existing_overview", () -> HotRoute.Request.get(overview)));
        if (!secrets.isEmpty()) {
            routes.add(new HotRoute("sahha_webhook", () -> event(who)));
        }
        return routes;
    }

    private void save(SahhaKind kind, UserId who, ArrayNode sent, Instant now) {
        var unused = rows.save(kind, who, RefreshMarkStore.RECENT, decoder.decode(kind, sent), now, now);
    }

    private static ObjectNode score(String type, LocalDate day) {
        ObjectNode score = JsonNodeFactory.instance
                .objectNode()
                .put("id", UUID.randomUUID().toString())
                .put("type", type)
                .put("state", "medium")
                .put("score", 0.5)
                .put("scoreDateTime", day + "T00:00:00+00:00")
                .put("createdAtUtc", day + "T00:00:01Z");
        score.putArray("factors");
        return score;
    }

    private static ObjectNode biomarker(String type, String category, LocalDate day) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", UUID.randomUUID().toString())
                .put("category", category)
                .put("type", type)
                .put("periodicity", "daily")
                .put("aggregation", "average")
                .put("value", "60")
                .put("unit", "count")
                .put("valueType", "long")
                .put("startDateTime", day + "T00:00:00+00:00")
                .put("endDateTime", day + "T23:59:59+00:00");
    }

    /** Another body each time, since the same one is stored once. */
    private HotRoute.Request event(UserId who) {
        ObjectNode event = biomarker("steps", "activity", LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC))
                .put("externalId", who.value());
        byte[] body = event.toString().getBytes(StandardCharsets.UTF_8);
        return HotRoute.Request.webhook(
                "/webhooks/sahha",
                Map.of(
                        "X-Signature",
                        secrets.sign(HexFormat.of()::formatHex, body),
                        "X-Event-Type",
                        "BiomarkerCreatedIntegrationEvent"),
                body);
    }
}
