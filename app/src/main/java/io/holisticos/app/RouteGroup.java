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
    OTHER;

    private static final Set<String> PROBES = Set.of("", "/", "/health", "/health/live", "/health/ready");
    private static final String UNIFIED_HEALTH = "/api/v1/unified-health/";

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing may keep this from being answered. */
    static boolean isProbe(String path) {
        return PROBES.contains(path);
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
        // how the integration does must be told while it does badly
        return path.startsWith(UNIFIED_HEALTH) && !path.startsWith(UNIFIED_HEALTH + "health/") ? UNIFIED : OTHER;
    }

    private static boolean asksForWhoop(@Nullable String query) {
        return query != null && query.toLowerCase(Locale.ROOT).contains("include_whoop=true");
    }
}
