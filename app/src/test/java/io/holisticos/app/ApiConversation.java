package io.holisticos.app;

import io.holisticos.twins.browser.MemberBrowser;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks every operation of the API once or more, as its callers do, and once so that it refuses. */
final class ApiConversation {

    private static final String UNIFIED = "/api/v1/unified-health/";
    private static final String METRICS = "/api/v1/health-metrics/";
    private static final String ANNA = "demo-anna";
    private static final String BEN = "demo-ben";
    private static final String NOBODY = "nobody-by-this-id";
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String[] AS_SERVICE = {"X-API-Key", House.KEY};
    private static final String[] AS_STRANGER = {};

    private static final Pattern CONSENT =
            Pattern.compile("action=\"([^\"]*)\">\\s*<input type=\"hidden\" name=\"challenge\" value=\"([^\"]*)\"");

    private final House house;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Exchange> exchanges = new ArrayList<>();

    private ApiConversation(House house) {
        this.house = house;
    }

    /**
     * A request and its answer.
     *
     * @param route method and path with its parameters in braces
     * @param about what the example shows
     * @param parameters of path and query, and headers that the document names
     */
    record Exchange(
            String route,
            String about,
            Map<String, String> parameters,
            @Nullable String sentAs,
            String sent,
            int status,
            String type,
            String body) {}

    /** The whole conversation with a service that nobody asked before. */
    static List<Exchange> with(House house) throws Exception {
        ApiConversation conversation = new ApiConversation(house);
        conversation.connectLinks();
        conversation.existingPaths();
        conversation.unifiedDays();
        conversation.preferences();
        conversation.sessions();
        conversation.integrationHealth();
        conversation.internalData();
        conversation.internalConnecting();
        conversation.webhooks();
        conversation.probes();
        return conversation.exchanges;
    }

    private void existingPaths() throws Exception {
        ask("GET", METRICS + "overview", "As ever", AS_STRANGER, null, "", "profile_id", ANNA);
        ask(
                "GET",
                METRICS + "overview",
                "WHOOP beside it",
                AS_SERVICE,
                null,
                "",
                "profile_id",
                ANNA,
                "include_whoop",
                "true");
        ask("GET", METRICS + "overview", "No id", AS_STRANGER, null, "");
        ask(
                "GET",
                METRICS + "overview",
                "WHOOP without a credential",
                AS_STRANGER,
                null,
                "",
                "profile_id",
                ANNA,
                "include_whoop",
                "true");
        for (String part : List.of("activity", "sleep", "recovery", "scores", "biomarkers")) {
            ask("GET", METRICS + part, "Yesterday", AS_STRANGER, null, "", "profile_id", ANNA, "period", "yesterday");
            ask("GET", METRICS + part, "No such day", AS_STRANGER, null, "", "profile_id", ANNA, "period", "tomorrow");
        }
        for (String rows : List.of("scores", "biomarkers", "archetypes")) {
            ask("GET", "/api/v1/sahha/" + rows, "The newest two", AS_STRANGER, null, "", "user_id", ANNA, "limit", "2");
            ask("GET", "/api/v1/sahha/" + rows, "Too many", AS_STRANGER, null, "", "user_id", ANNA, "limit", "5000");
            ask("GET", "/api/v1/sahha/" + rows, "Nobody", AS_STRANGER, null, "", "user_id", NOBODY);
        }
    }

    private void unifiedDays() throws Exception {
        String overview = UNIFIED + "overview/{user_id}";
        ask("GET", overview, "Both sources", AS_SERVICE, null, "", "user_id", ANNA);
        ask("GET", overview, "WHOOP left out", AS_SERVICE, null, "", "user_id", ANNA, "include_whoop", "false");
        ask("GET", overview, "No such day", AS_SERVICE, null, "", "user_id", ANNA, "period", "tomorrow");
        ask("GET", overview, "No credential", AS_STRANGER, null, "", "user_id", ANNA);
        ask("GET", overview, "Nobody", AS_SERVICE, null, "", "user_id", NOBODY);
        String days = UNIFIED + "days/{user_id}";
        ask("GET", days, "Two days", AS_SERVICE, null, "", "user_id", ANNA, "from", "2026-11-20", "to", "2026-11-21");
        ask(
                "GET",
                days,
                "The wrong way round",
                AS_SERVICE,
                null,
                "",
                "user_id",
                ANNA,
                "from",
                "2026-11-21",
                "to",
                "2026-11-20");
        String many = "{\"user_ids\":[\"demo-anna\",\"nobody-by-this-id\"],\"period\":\"yesterday\"}";
        ask("POST", UNIFIED + "overviews", "Two members, one of them unknown", AS_SERVICE, JSON, many);
        ask("POST", UNIFIED + "overviews", "Nobody named", AS_SERVICE, JSON, "{\"user_ids\":[]}");
        ask("GET", UNIFIED + "sources/{user_id}", "Both sources", AS_SERVICE, null, "", "user_id", ANNA);
        ask("GET", UNIFIED + "sources/{user_id}", "WHOOP not connected", AS_SERVICE, null, "", "user_id", BEN);
        ask("GET", UNIFIED + "sources/{user_id}", "Nobody", AS_SERVICE, null, "", "user_id", NOBODY);
        String explain = UNIFIED + "explain/{user_id}";
        ask("GET", explain, "Both have a value", AS_SERVICE, null, "", "user_id", ANNA, "metric", "heart_rate.resting");
        ask("GET", explain, "Nobody has one", AS_SERVICE, null, "", "user_id", BEN, "metric", "spo2.sleep");
        ask("GET", explain, "No such metric", AS_SERVICE, null, "", "user_id", ANNA, "metric", "happiness");
        String changes = UNIFIED + "changes/{user_id}";
        ask("GET", changes, "The first time", AS_SERVICE, null, "", "user_id", BEN);
        String next = house.jsonOf(last()).path("next").asText();
        ask("GET", changes, "Since then", AS_SERVICE, null, "", "user_id", BEN, "since", next);
        ask("GET", changes, "Not a cursor of ours", AS_SERVICE, null, "", "user_id", BEN, "since", "2026-11-20");
    }

    private void preferences() throws Exception {
        String path = UNIFIED + "preferences/{user_id}";
        String wish = "{\"order\":[\"whoop\",\"sahha\"],\"by_family\":{\"activity\":[\"sahha\"]},"
                + "\"by_metric\":{\"heart_rate.resting\":[\"sahha\",\"whoop\"]}}";
        ask("PUT", path, "What it would change", AS_SERVICE, JSON, wish, "user_id", ANNA, "dry_run", "true");
        ask("PUT", path, "From now on", AS_SERVICE, JSON, wish, "user_id", ANNA);
        ask("PUT", path, "No such source", AS_SERVICE, JSON, "{\"order\":[\"oura\"]}", "user_id", ANNA);
        ask("GET", path, "What was wished", AS_SERVICE, null, "", "user_id", ANNA);
        ask("GET", path, "Nobody", AS_SERVICE, null, "", "user_id", NOBODY);
    }

    private void sessions() throws Exception {
        ask("POST", "/session", "With a key", AS_SERVICE, null, "");
        ask("POST", "/session", "No credential", AS_STRANGER, null, "");
        ask("GET", "/session", "Those that go on", AS_SERVICE, null, "");
        String id = house.jsonOf(last()).path("sessions").path(0).path("id").asText();
        ask("GET", "/session", "No credential", AS_STRANGER, null, "");
        ask("DELETE", "/session/{id}", "One of them", AS_SERVICE, null, "", "id", id);
        ask("DELETE", "/session/{id}", "Ended before", AS_SERVICE, null, "", "id", id);
        ask("DELETE", "/session/others", "All of them", AS_SERVICE, null, "");
        ask("DELETE", "/session/others", "No credential", AS_STRANGER, null, "");
        ask("DELETE", "/session", "This one", AS_SERVICE, null, "");
        ask("DELETE", "/session", "No credential", AS_STRANGER, null, "");
    }

    private void integrationHealth() throws Exception {
        for (String path : List.of("/api/v1/health/detailed", UNIFIED + "health/whoop")) {
            ask("GET", path, "All is well", AS_SERVICE, null, "");
            ask("GET", path, "No credential", AS_STRANGER, null, "");
        }
    }

    private void internalData() throws Exception {
        for (String part : List.of("profile", "body", "health")) {
            ask("GET", "/internal/data/" + part + "/{user_id}", "What is held", AS_SERVICE, null, "", "user_id", ANNA);
            ask(
                    "GET",
                    "/internal/data/" + part + "/{user_id}",
                    "Nothing held",
                    AS_SERVICE,
                    null,
                    "",
                    "user_id",
                    NOBODY);
        }
        for (String part : List.of("cycles", "recovery", "sleep", "workouts")) {
            ask(
                    "GET",
                    "/internal/data/" + part + "/{user_id}",
                    "One day",
                    AS_SERVICE,
                    null,
                    "",
                    "user_id",
                    ANNA,
                    "date",
                    "2026-11-21");
            ask(
                    "GET",
                    "/internal/data/" + part + "/{user_id}",
                    "No end",
                    AS_SERVICE,
                    null,
                    "",
                    "user_id",
                    ANNA,
                    "from",
                    "2026-11-21");
        }
        ask("POST", "/internal/sync/{user_id}", "On the list", AS_SERVICE, null, "", "user_id", ANNA);
        String job = house.jsonOf(last()).path("job_id").asText();
        ask("POST", "/internal/sync/{user_id}", "Not connected", AS_SERVICE, null, "", "user_id", NOBODY);
        ask(
                "GET",
                "/internal/sync/{user_id}/{job_id}",
                "How it stands",
                AS_SERVICE,
                null,
                "",
                "user_id",
                ANNA,
                "job_id",
                job);
        ask(
                "GET",
                "/internal/sync/{user_id}/{job_id}",
                "No such sync",
                AS_SERVICE,
                null,
                "",
                "user_id",
                ANNA,
                "job_id",
                "00000000-0000-4000-8000-000000000000");
    }

    private void internalConnecting() throws Exception {
        ask(
                "POST",
                "/internal/oauth/initiate",
                "A member",
                AS_SERVICE,
                JSON,
                "{\"user_id\":\"demo-ben\",\"account_label\":\"Ben\"}");
        URI atWhoop = URI.create(house.jsonOf(last()).path("authorization_url").asText());
        ask("POST", "/internal/oauth/initiate", "Nobody", AS_SERVICE, JSON, "{}");
        String query =
                allowed(atWhoop, house.world().byUserId(BEN).orElseThrow().whoopUserId());
        String brought =
                "{\"code\":\"" + parameter(query, "code") + "\",\"state\":\"" + parameter(query, "state") + "\"}";
        ask("POST", "/internal/oauth/callback", "The member allowed it", AS_SERVICE, JSON, brought);
        ask("POST", "/internal/oauth/callback", "Brought before", AS_SERVICE, JSON, brought);
        ask("GET", "/internal/oauth/status/{user_id}", "Connected", AS_SERVICE, null, "", "user_id", BEN);
        ask("GET", "/internal/oauth/status/{user_id}", "Not connected", AS_SERVICE, null, "", "user_id", NOBODY);
        ask("POST", "/internal/oauth/validate/{user_id}", "There is a token", AS_SERVICE, null, "", "user_id", BEN);
        ask("POST", "/internal/oauth/validate/{user_id}", "Not connected", AS_SERVICE, null, "", "user_id", NOBODY);
        ask("DELETE", "/internal/oauth/disconnect/{user_id}", "Ended", AS_SERVICE, null, "", "user_id", BEN);
        ask("DELETE", "/internal/oauth/disconnect/{user_id}", "No credential", AS_STRANGER, null, "", "user_id", BEN);
    }

    /** The query with which WHOOP sends the member back, whom a backend of its own awaits. */
    private String allowed(URI atWhoop, long account) throws Exception {
        HttpResponse<String> page = http.send(HttpRequest.newBuilder(atWhoop).build(), BodyHandlers.ofString());
        Matcher form = CONSENT.matcher(page.body());
        if (!form.find()) {
            throw new IllegalStateException("WHOOP asks for no consent: " + page.statusCode());
        }
        String fields = "challenge=" + URLEncoder.encode(form.group(2), StandardCharsets.UTF_8) + "&member=" + account
                + "&decision=allow";
        HttpResponse<Void> consent = http.send(
                HttpRequest.newBuilder(atWhoop.resolve(form.group(1).replace("&amp;", "&")))
                        .header("Content-Type", FORM)
                        .POST(BodyPublishers.ofString(fields))
                        .build(),
                BodyHandlers.discarding());
        return URI.create(consent.headers().firstValue("Location").orElseThrow())
                .getRawQuery();
    }

    private void connectLinks() throws Exception {
        String path = UNIFIED + "connect/whoop/{user_id}";
        ask("POST", path, "A link", AS_SERVICE, JSON, "{\"account_label\":\"Anna\"}", "user_id", ANNA);
        String url = house.jsonOf(last()).path("connect_url").asText();
        String link = url.substring(url.lastIndexOf('/') + 1);
        ask(
                "POST",
                path,
                "Back to a place that is not allowed",
                AS_SERVICE,
                JSON,
                "{\"return_to\":\"https://elsewhere.example.com/\"}",
                "user_id",
                ANNA);
        ask("GET", "/connect/{link}", "Whose WHOOP goes where", AS_STRANGER, null, "", "link", link);
        ask("GET", "/connect/{link}", "No such link", AS_STRANGER, null, "", "link", "no-such-link");
        ask("POST", "/connect/{link}", "From another page", AS_STRANGER, FORM, "token=none", "link", link);
        long account = house.world().byUserId(ANNA).orElseThrow().whoopUserId();
        HttpResponse<String> end = new MemberBrowser().allow(URI.create(url), account);
        String query = String.valueOf(end.uri().getRawQuery());
        keep(
                "GET /api/v1/whoop/callback",
                "Connected",
                Map.of("code", parameter(query, "code"), "state", parameter(query, "state")),
                null,
                "",
                end);
        ask("GET", "/api/v1/whoop/callback", "In another browser", AS_STRANGER, null, "", "code", "c", "state", "s");
        house.connect(ANNA);
        ask("DELETE", path, "Ended, or never begun", AS_SERVICE, null, "", "user_id", "demo-chen");
        ask("DELETE", path, "No credential", AS_STRANGER, null, "", "user_id", ANNA);
    }

    private void webhooks() throws Exception {
        Instant now = house.clock().instant();
        Signed ofWhoop =
                Signed.whoopSleep(house.world().byUserId(ANNA).orElseThrow().whoopUserId(), "trace-1", now);
        deliver("/webhooks/whoop", "A sleep was scored", ofWhoop.headers(), ofWhoop.body());
        deliver(
                "/webhooks/whoop",
                "Not signed by WHOOP",
                with(ofWhoop.headers(), "X-WHOOP-Signature", "AAAA"),
                ofWhoop.body());
        Signed ofSahha = Signed.sahhaScore(ANNA, "11111111-1111-4111-8111-111111111111");
        deliver("/webhooks/sahha", "A score is there", ofSahha.headers(), ofSahha.body());
        deliver("/webhooks/sahha", "Not signed by Sahha", with(ofSahha.headers(), "X-Signature", "00"), ofSahha.body());
    }

    private void deliver(String path, String about, Map<String, String> headers, String body) throws Exception {
        List<String> pairs = new ArrayList<>();
        Map<String, String> named = new LinkedHashMap<>(headers);
        named.remove("Content-Type");
        named.forEach((name, value) -> pairs.addAll(List.of(name, value)));
        ask("POST", path, about, AS_STRANGER, JSON, body, pairs.toArray(String[]::new));
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(headers);
        changed.put(name, value);
        return changed;
    }

    private void probes() throws Exception {
        house.awaitReady();
        for (String path : List.of("/", "/health", "/health/live", "/health/ready")) {
            ask("GET", path, "Up", AS_STRANGER, null, "");
            RawRequest.Answer refusal = RawRequest.sendFor("elsewhere.example.com", house.uri(""), "GET", path);
            exchanges.add(new Exchange(
                    "GET " + path,
                    "For another host",
                    Map.of(),
                    null,
                    "",
                    refusal.status(),
                    refusal.headers().getOrDefault("content-type", ""),
                    refusal.body()));
        }
    }

    private HttpResponse<String> latest;

    private HttpResponse<String> last() {
        return latest;
    }

    private void ask(
            String method,
            String path,
            String about,
            String[] credential,
            @Nullable String type,
            String body,
            String... pairs)
            throws Exception {
        Map<String, String> parameters = new LinkedHashMap<>();
        HttpRequest.Builder request = HttpRequest.newBuilder();
        String target = path;
        String query = "";
        for (int i = 0; i < pairs.length; i += 2) {
            parameters.put(pairs[i], pairs[i + 1]);
            String gap = '{' + pairs[i] + '}';
            String value = URLEncoder.encode(pairs[i + 1], StandardCharsets.UTF_8);
            if (target.contains(gap)) {
                target = target.replace(gap, value);
            } else if (pairs[i].startsWith("X-")) {
                request.header(pairs[i], pairs[i + 1]);
            } else {
                query += (query.isEmpty() ? "?" : "&") + pairs[i] + '=' + value;
            }
        }
        if (credential.length > 0) {
            request.header(credential[0], credential[1]);
        }
        if (type != null) {
            request.header("Content-Type", type);
        }
        latest = http.send(
                request.uri(house.uri(target + query))
                        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
        keep(method + ' ' + path, about, parameters, type, body, latest);
    }

    private void keep(
            String route,
            String about,
            Map<String, String> parameters,
            @Nullable String type,
            String sent,
            HttpResponse<String> answer) {
        exchanges.add(new Exchange(
                route,
                about,
                parameters,
                type,
                sent,
                answer.statusCode(),
                answer.headers().firstValue("Content-Type").orElse(""),
                answer.body()));
    }

    private static String parameter(String query, String name) {
        for (String pair : query.split("&")) {
            if (pair.startsWith(name + '=')) {
                return pair.substring(name.length() + 1);
            }
        }
        return "";
    }
}
