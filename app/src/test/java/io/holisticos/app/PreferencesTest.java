package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Members' orders of sources in the whole service, whose deployment wants Sahha first for everything, behind an entry point's
 * database that can fall silent.
 */
class PreferencesTest {

    private static final Pattern ADDRESS = Pattern.compile("jdbc:postgresql://([^/:]+):(\\d+)/(.*)");
    private static final String UNIFIED = "/api/v1/unified-health/";
    private static final String ANNA = "demo-anna";
    private static final String PREFERENCES = UNIFIED + "preferences/" + ANNA;
    private static final Duration PROMISED = Duration.ofSeconds(2);
    private static final String NONE = "{\"order\":[],\"by_family\":{},\"by_metric\":{}}";

    /** Both sources measure it, and tonight's value of Sahha is not WHOOP's: an echo is never shown. */
    private static final String METRIC = "respiratory_rate.sleep";

    private static final String WHOOP_FIRST =
            "{\"order\":[],\"by_family\":{},\"by_metric\":{\"" + METRIC + "\":[\"whoop\",\"sahha\"]}}";

    private static final String LAST_30_DAYS = UNIFIED + "days/" + ANNA + "?from=2026-10-24&to=2026-11-22";

    private static House house;

    @BeforeAll
    static void open() throws Exception {
        Path configuration = Files.createTempFile("config", ".yml");
        String shipped = Files.readString(RunningApp.SHIPPED);
        assertThat(shipped).contains("    order: []");
        Files.writeString(configuration, shipped.replace("    order: []", "    order: [sahha, whoop]"));
        house = House.openWith(configuration, Map.of());
        house.connect(ANNA);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    @BeforeEach
    void withoutPreferences() {
        assertThat(house.send("PUT", PREFERENCES, NONE).statusCode()).isEqualTo(200);
    }

    @Test
    void theDeploymentsOrderCountsBeforeTheProducts() {
        JsonNode why = explained();

        assertThat(why.path("source").asText()).isEqualTo("sahha");
        assertThat(why.path("rule").asText()).isEqualTo("deployment order");
        assertThat(why.at("/would_have_won/0/source").asText()).isEqualTo("whoop");
        assertThat(why.at("/would_have_won/0/order/0").asText()).isEqualTo("whoop");
        assertThat(shown()).isEqualTo(why.path("value").decimalValue() + " of sahha");
    }

    @Test
    void theMembersOrderCountsBeforeTheDeployments() {
        assertThat(house.get(PREFERENCES).body()).isEqualTo(NONE);

        HttpResponse<String> answer = house.send("PUT", PREFERENCES, WHOOP_FIRST);

        assertThat(answer.body()).isEqualTo(WHOOP_FIRST);
        assertThat(house.get(PREFERENCES).body()).isEqualTo(WHOOP_FIRST);
        assertThat(explained().path("source").asText()).isEqualTo("whoop");
        assertThat(explained().path("rule").asText()).isEqualTo("member by_metric");
        assertThat(shown()).endsWith(" of whoop");
    }

    @Test
    void aTrialForetellsEachDayThatChangesAndNoOther() {
        House.await(() ->
                isWhole(house.jsonOf(house.get(LAST_30_DAYS)))); // Sahha fetches them when they are first asked for
        JsonNode trial = house.jsonOf(house.send("PUT", PREFERENCES + "?dry_run=true", WHOOP_FIRST));
        JsonNode before = house.jsonOf(house.get(LAST_30_DAYS));
        assertThat(house.get(PREFERENCES).body()).isEqualTo(NONE);

        house.send("PUT", PREFERENCES, WHOOP_FIRST);
        JsonNode after = house.jsonOf(house.get(LAST_30_DAYS));

        assertThat(before).hasSize(30);
        assertThat(before.path(29).path("date").asText()).isEqualTo("2026-11-22");
        assertThat(trial.path("days")).as("of %s", trial.path("sources")).isNotEmpty();
        for (int i = 0; i < before.size(); i++) {
            JsonNode foretold = changeOn(trial, before.path(i).path("date").asText());
            JsonNode now = before.path(i).path("metrics").path(METRIC);
            JsonNode then = after.path(i).path("metrics").path(METRIC);
            if (foretold.isMissingNode()) {
                assertThat(after.path(i).path("metrics"))
                        .isEqualTo(before.path(i).path("metrics"));
            } else {
                assertThat(foretold.at("/before/source")).isEqualTo(now.path("source"));
                assertThat(foretold.at("/before/value")).isEqualTo(now.path("value"));
                assertThat(foretold.at("/after/source")).isEqualTo(then.path("source"));
                assertThat(foretold.at("/after/value")).isEqualTo(then.path("value"));
                assertThat(foretold.at("/after/source").asText()).isEqualTo("whoop");
            }
        }
    }

    @Test
    void anotherReplicaGoesByItWithinTwoSeconds() throws Exception {
        try (House.Replica other = house.replica()) {
            RunningApp.assertKept(PROMISED, () -> {
                house.send("PUT", PREFERENCES, NONE);
                House.await(() -> sourceAt(other).equals("sahha"));

                house.send("PUT", PREFERENCES, WHOOP_FIRST);
                long changed = System.nanoTime();

                House.await(() -> sourceAt(other).equals("whoop"));
                return Duration.ofNanos(System.nanoTime() - changed);
            });
        }
    }

    /** The replica's database falls silent; its keys are known, and WHOOP's database is another one. */
    @Test
    void whileTheDatabaseIsAwayReadersGetAnAnswerAndNothingIsSaved() throws Exception {
        house.send("PUT", PREFERENCES, WHOOP_FIRST);
        Matcher address = ADDRESS.matcher(house.sahhaDatabase().url());
        assertThat(address.matches()).isTrue();
        try (MutableProxy proxy = new MutableProxy(Integer.parseInt(address.group(2)));
                House.Replica other = house.replica(Map.of(
                        "SAHHA_DATABASE_URL",
                        "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + address.group(3)))) {
            House.await(() -> sourceAt(other).equals("whoop"));
            proxy.fallSilent();

            HttpResponse<String> overview = at(other, "GET", UNIFIED + "overview/" + ANNA, "");
            HttpResponse<String> put = at(other, "PUT", PREFERENCES, NONE);

            assertThat(overview.statusCode()).isEqualTo(200);
            assertThat(house.jsonOf(overview)
                            .at("/metrics/" + METRIC + "/source")
                            .asText())
                    .isEqualTo("whoop");
            assertThat(put.statusCode()).isEqualTo(503);
            assertThat(put.headers().firstValue("Retry-After")).isPresent();
            proxy.speakAgain();
            assertThat(house.get(PREFERENCES).body()).isEqualTo(WHOOP_FIRST);
        }
    }

    private static boolean isWhole(JsonNode days) {
        for (JsonNode source : days.path(0).path("sources")) {
            if (!source.path("status").asText().equals("ok")
                    || !source.path("coverage").asText().equals("complete")) {
                return false;
            }
        }
        return days.path(0).path("sources").size() == 2;
    }

    private static JsonNode changeOn(JsonNode trial, String date) {
        for (JsonNode day : trial.path("days")) {
            if (day.path("date").asText().equals(date)) {
                assertThat(day.path("changes")).hasSize(1);
                return day.path("changes").path(0);
            }
        }
        return trial.path("days").path(-1);
    }

    private static JsonNode explained() {
        return house.jsonOf(house.get(UNIFIED + "explain/" + ANNA + "?metric=" + METRIC));
    }

    private static String shown() {
        JsonNode metric = house.jsonOf(house.get(UNIFIED + "overview/" + ANNA))
                .path("metrics")
                .path(METRIC);
        return metric.path("value").decimalValue() + " of "
                + metric.path("source").asText();
    }

    private static String sourceAt(House.Replica replica) {
        return house.jsonOf(at(replica, "GET", UNIFIED + "overview/" + ANNA, ""))
                .at("/metrics/" + METRIC + "/source")
                .asText();
    }

    private static HttpResponse<String> at(House.Replica replica, String method, String path, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(replica.uri(path))
                .timeout(RunningApp.PATIENCE)
                .header("X-API-Key", House.KEY);
        if (!body.isEmpty()) {
            request.header("Content-Type", "application/json");
        }
        return house.exchange(request.method(
                method,
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)));
    }
}
