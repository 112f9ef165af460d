package io.holisticos.app;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.stream.Stream;

/** A service that has done something of everything, and what it then tells Prometheus. Read once for all tests. */
final class WatchedHouse {

    private static final String ANNA = "demo-anna";

    private static volatile ScrapedPage page;

    private WatchedHouse() {}

    static synchronized ScrapedPage page() throws Exception {
        if (page == null) {
            try (House house = House.openWith(Map.of("WHOOP_MEMBER_LIMIT", "10", "CANARY_FALLBACK", "true"))) {
                beBusy(house);
                House.await(() -> isWhole(scrape(house)));
                page = scrape(house);
            }
        }
        return page;
    }

    /** Callers with and without a key, on every route, and webhooks that are right and wrong. */
    static void beBusy(House house) throws Exception {
        house.connect(ANNA);
        for (ApiDocument.Route route : ApiDocument.routes(house)) {
            boolean reads = route.method().equals("GET");
            house.send(route.method(), path(route, reads ? ANNA : "nobody"), reads ? "" : "{}");
            house.send(route.method(), path(route, "no-such-member"), reads ? "" : "{");
            house.exchange(house.request(path(route, ANNA)).method(route.method(), BodyPublishers.noBody()));
        }
        house.get("/api/v1/health-metrics/overview?profile_id=" + ANNA + "&period=today&include_whoop=true");
        house.get("/no/such/route");
        switchWhoop(house, false);
        House.await(() -> house.send("POST", "/api/v1/unified-health/connect/whoop/nobody", "{}")
                        .statusCode()
                == 503);
        switchWhoop(house, true);
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        Signed signed = Signed.whoopSleep(account, "watched-1", house.clock().instant());
        deliver(house, signed, signed.body());
        deliver(house, signed, signed.body() + " ");
    }

    private static void switchWhoop(House house, boolean on) {
        house.admin("PUT", "/flags/WHOOP_INTEGRATION", "{\"enabled\":" + on + "}", "X-API-Key", House.KEY);
    }

    private static String path(ApiDocument.Route route, String member) {
        return route.to(member).replaceAll("\\{\\w+}", "none");
    }

    private static void deliver(House house, Signed event, String body) {
        var request = house.request("/webhooks/whoop").POST(BodyPublishers.ofString(body));
        event.headers().forEach(request::setHeader);
        house.exchange(request);
    }

    /** On a busy machine the first look at a database takes longer than a page waits for it. */
    private static boolean isWhole(ScrapedPage page) {
        return page.sum("service_ready") == 1
                && page.sum("database_up") == 2
                && page.sum("database_writable") == 2
                && page.sum("database_migrated") == 2
                && page.sum("whoop_members_by_freshness") == 1
                && page.sum("whoop_members") >= 1
                && Stream.of(
                                "jobs_oldest_due_seconds",
                                "whoop_failing_members",
                                "whoop_oldest_open_event_seconds",
                                "whoop_quota_blocked")
                        .allMatch(page::has);
    }

    static ScrapedPage scrape(House house) {
        return new ScrapedPage(house.admin("GET", "/prometheus", "").body());
    }
}
