package io.holisticos.app;

import io.holisticos.web.ExistingRoutes;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A group of routes with one limit for shedding. */
enum RouteGroup {
    EXISTING,
    UNIFIED,
    OVERVIEWS,
    INTERNAL,
    CONNECT,
    PAGES,
    OTHER,
    WEBHOOKS,
    HEALTH;

    private static final Set<String> PROBES = Set.of("", "/", "/health", "/health/live", "/health/ready");
    private static final Set<String> OPEN_PAGES = Set.of("/docs", "/explore", "/api/openapi.json");
    private static final String CALLBACK = "/api/v1/whoop/callback";
    private static final Set<String> OPENED_BY_PEOPLE = Set.of("/docs", "/explore", CALLBACK);
    private static final String UNIFIED_HEALTH = "/api/v1/unified-health/";
    private static final Set<String> INTEGRATION_HEALTH =
            Set.of(UNIFIED_HEALTH + "health/whoop", "/api/v1/health/detailed");

    String word() {
        return word;
    }

    private final String word = name().toLowerCase(Locale.ROOT);

    /** Whether the path is a probe, which is never shed. */
    static boolean isProbe(String path) {
        return PROBES.contains(path);
    }

    /** The word of the group that a request is counted for; probes are counted apart. */
    static String nameOf(String path, @Nullable String query) {
        return isProbe(path) ? "probes" : of(path, query).word();
    }

    /** The same for an address. */
    static String nameOf(URI address) {
        return nameOf(address.getPath(), address.getQuery());
    }

    /**
     * Whether the group has room of its own: webhooks and integration health must be answered while all other groups
     * are full.
     */
    boolean isReserved() {
        return this == WEBHOOKS || this == HEALTH;
    }

    /** Whether the group finds no room any more while the groups whose callers came first still do. */
    boolean isShedFirst() {
        return this == UNIFIED || this == OVERVIEWS;
    }

    /** An existing overview that also asks for WHOOP counts as a unified request. */
    static RouteGroup of(String path, @Nullable String query) {
        if (ExistingRoutes.holdHealthData(path)) {
            return asksForWhoop(query) ? UNIFIED : EXISTING;
        }
        if (path.startsWith("/internal/")) {
            return INTERNAL;
        }
        if (path.startsWith("/connect/") || path.startsWith(UNIFIED_HEALTH + "connect/") || path.equals(CALLBACK)) {
            return CONNECT;
        }
        if (path.startsWith("/webhooks/")) {
            return WEBHOOKS;
        }
        if (INTEGRATION_HEALTH.contains(path)) {
            return HEALTH;
        }
        if (path.startsWith(UNIFIED_HEALTH + "overviews")) {
            return OVERVIEWS;
        }
        if (path.startsWith(UNIFIED_HEALTH)) {
            return UNIFIED;
        }
        return isOpenPage(path) ? PAGES : OTHER;
    }

    /** What anybody may read without a credential, and what those pages and the pages of members load. */
    private static boolean isOpenPage(String path) {
        return OPEN_PAGES.contains(path) || path.startsWith("/docs/") || path.startsWith("/assets/");
    }

    /** Whether the path is a page's, which people see in their browsers. */
    static boolean isOpenedByPeople(String path) {
        return OPENED_BY_PEOPLE.contains(path) || path.startsWith("/connect/");
    }

    /** Whether the answer is one that callers of the former service know, which stays as it is. */
    static boolean isExistingAnswer(String path, @Nullable String query) {
        return ExistingRoutes.contain(path) && !asksForWhoop(query);
    }

    private static boolean asksForWhoop(@Nullable String query) {
        return query != null && decoded(query).toLowerCase(Locale.ROOT).contains("include_whoop=true");
    }

    private static String decoded(String query) {
        try {
            return query.indexOf('%') < 0 ? query : URLDecoder.decode(query, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) { // the request is refused with 400
            return query;
        }
    }
}
