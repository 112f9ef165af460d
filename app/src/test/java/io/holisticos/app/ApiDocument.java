package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The routes that {@code /api/openapi.json} names. */
final class ApiDocument {

    private static final Set<String> OPEN = Set.of(
            "/connect/{link}",
            "/api/v1/whoop/callback",
            "/health/live",
            "/health/ready",
            "/webhooks/whoop",
            "/webhooks/sahha");

    private ApiDocument() {}

    /** @param path with its parameters in braces */
    record Route(String method, String path, JsonNode operation) {

        boolean isExisting() {
            return path.equals("/")
                    || path.equals("/health")
                    || path.startsWith("/api/v1/health-metrics/")
                    || path.startsWith("/api/v1/sahha/");
        }

        boolean isProbe() {
            return path.equals("/") || path.equals("/health") || path.startsWith("/health/");
        }

        /** New, no probe, and not one of the two a member's browser walks through. */
        boolean needsKey() {
            return !isExisting() && !OPEN.contains(path);
        }

        /** The scope of design §4. */
        String scope() {
            if (path.startsWith("/internal/")) {
                return "internal";
            }
            if (path.contains("/preferences/")) {
                return "preferences:write";
            }
            return path.contains("/connect/") ? "connect" : "health:read";
        }

        String to(String userId) {
            return path.replace("{user_id}", userId)
                    .replace("{job_id}", "00000000-0000-4000-8000-000000000000")
                    .replace("{id}", "0123456789abcdef0123456789abcdef");
        }

        @Override
        public String toString() {
            return method + ' ' + path;
        }
    }

    static List<Route> routes(House house) {
        List<Route> routes = new ArrayList<>();
        house.jsonOf(house.getWithoutKey("/api/openapi.json"))
                .path("paths")
                .fields()
                .forEachRemaining(path -> path.getValue()
                        .fields()
                        .forEachRemaining(operation -> routes.add(new Route(
                                operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), operation.getValue()))));
        return routes;
    }
}
