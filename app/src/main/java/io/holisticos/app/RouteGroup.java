package io.holisticos.app;

import io.holisticos.web.ExistingRoutes;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Routes that share one bound. */
enum RouteGroup {
    EXISTING,
    UNIFIED,
    INTERNAL,
    CONNECT,
    OTHER,
    WEBHOOKS,
    HEALTH;

    private static final Set<String> PROBES = Set.of("", "/", "/health", "/health/live", "/health/ready");
    private static final String UNIFIED_HEALTH = "/api/v1/unified-health/";
    private static final Set<String> INTEGRATION_HEALTH =
            Set.of(UNIFIED_HEALTH + "health/whoop", "/api/v1/health/detailed");

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing may keep this from being answered. */
    static boolean isProbe(String path) {
        return PROBES.contains(path);
    }

    /** Whether its room is its own: what the sources tell, and how they do, must find some while everything else is full. */
    boolean isReserved() {
        return this == WEBHOOKS || this == HEALTH;
    }

    /** An existing overview that asks for WHOOP, too, is held to what unified requests may take. */
    static RouteGroup of(String path, @Nullable String query) {
        if (ExistingRoutes.holdHealthData(path)) {
            return asksForWhoop(query) ? UNIFIED : EXISTING;
        }
        if (path.startsWith("/internal/")) {
            return INTERNAL;
        }
        if (path.startsWith("/connect/")
                || path.startsWith(UNIFIED_HEALTH + "connect/")
                || path.equals("/api/v1/whoop/callback")) {
            return CONNECT;
        }
        if (path.startsWith("/webhooks/")) {
            return WEBHOOKS;
        }
        if (INTEGRATION_HEALTH.contains(path)) {
            return HEALTH;
        }
        return path.startsWith(UNIFIED_HEALTH) ? UNIFIED : OTHER;
    }

    private static boolean asksForWhoop(@Nullable String query) {
        return query != null && query.toLowerCase(Locale.ROOT).contains("include_whoop=true");
    }
}
