package io.holisticos.twins.sahha;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each switch does what it says, and nothing remains of it once it is off. */
class SahhaQuirksTest {
    private static final String SCORES =
            "/api/v1/profile/score/demo-anna?types=sleep,activity,readiness,wellbeing,mental_wellbeing";
    private static final String SHORT = SCORES + "&startDateTime=2026-11-15";
    private static final String BIOMARKERS = "/api/v1/profile/biomarker/demo-anna?categories=sleep,activity,vitals";
    private static final String STAMP = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d";
    private static Sahha sahha;

    @BeforeAll
    static void start() {
        sahha = Sahha.start();
    }

    @AfterAll
    static void stop() {
        sahha.close();
    }

    @AfterEach
    void calmDown() {
        sahha.twin.quirks(Set.of());
    }

    private static JsonNode scores(SahhaQuirk... on) {
        sahha.twin.quirks(Set.of(on));
        return sahha.rows(SCORES);
    }

    private static JsonNode biomarkers(SahhaQuirk... on) {
        sahha.twin.quirks(Set.of(on));
        return sahha.rows(BIOMARKERS);
    }

    private static List<JsonNode> list(JsonNode rows) {
        return StreamSupport.stream(rows.spliterator(), false).toList();
    }

    private static List<JsonNode> factors(JsonNode scores) {
        return list(scores).stream()
                .flatMap(row -> list(row.path("factors")).stream())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(SahhaQuirk.class)
    void leavesNothingBehind(SahhaQuirk quirk) {
        String before = sahha.get(SHORT).body();

        sahha.twin.quirks(Set.of(quirk));
        assertThat(sahha.twin.quirks()).containsExactly(quirk);
        int status = sahha.get(SHORT).statusCode();
        sahha.twin.quirks(Set.of());

        assertThat(status).isEqualTo(quirk == SahhaQuirk.GONE ? 410 : 200);
        assertThat(sahha.get(SHORT).body()).isEqualTo(before);
    }

    @Test
    void areSetThroughTheControlRouteToo() {
        var response = sahha.put("/_twin/quirks", "{\"quirks\":[\"EMPTY_200\",\"DECIMAL_VERSION\"]}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(sahha.twin.quirks()).isEqualTo(EnumSet.of(SahhaQuirk.EMPTY_200, SahhaQuirk.DECIMAL_VERSION));
        assertThat(sahha.put("/_twin/quirks", "{\"quirks\":[\"NO_SUCH\"]}").statusCode())
                .isEqualTo(400);
    }

    @Test
    void nothingHasThreeForms() {
        String filtered = "/api/v1/profile/score/demo-anna?types=mood";
        assertThat(sahha.get(filtered).body()).isEqualTo("[]");
        sahha.twin.quirks(Set.of(SahhaQuirk.EMPTY_204));
        assertThat(sahha.get(filtered).statusCode()).isEqualTo(204);
        sahha.twin.quirks(Set.of(SahhaQuirk.EMPTY_200));
        assertThat(sahha.get(filtered).statusCode()).isEqualTo(200);
        assertThat(sahha.get(filtered).body()).isEmpty();

        String silent = "/api/v1/profile/biomarker/silent?categories=sleep";
        sahha.twin.quirks(Set.of());
        sahha.postAsAccount("/api/v1/oauth/profile/register", "{\"externalId\":\"silent\"}");
        assertThat(sahha.get(silent).statusCode()).isEqualTo(204);
        sahha.twin.quirks(Set.of(SahhaQuirk.EMPTY_LIST));
        assertThat(sahha.get(silent).body()).isEqualTo("[]");
    }

    @Test
    void a400MayBePlainText() {
        sahha.twin.quirks(Set.of(SahhaQuirk.PLAIN_TEXT_400));

        var response = sahha.get("/api/v1/profile/score/demo-anna");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("Bad Request");
    }

    @Test
    void scoresMayBeNull() {
        var rows = list(scores(SahhaQuirk.NULL_SCORES));

        assertThat(rows)
                .anyMatch(row -> row.path("score").isNull() && row.path("state").isNull());
        assertThat(rows).anyMatch(row -> row.path("score").isNumber());
    }

    @Test
    void factorsMayBeNullMissingOrEmpty() {
        int all = factors(scores()).size();

        assertThat(factors(scores(SahhaQuirk.NULL_FACTORS)))
                .hasSize(all)
                .anyMatch(factor -> factor.path("value").isNull()
                        && factor.path("score").isNull()
                        && factor.path("state").isNull()
                        && factor.path("goal").isNumber());
        assertThat(factors(scores(SahhaQuirk.MISSING_FACTORS)).size()).isBetween(all / 2, all - 1);
        assertThat(list(scores(SahhaQuirk.EMPTY_FACTORS)))
                .allMatch(row ->
                        row.path("factors").isArray() && row.path("factors").isEmpty());
    }

    @Test
    void factorsMayHaveNoIdTheirNameAsIdOrMisprints() {
        assertThat(factors(scores(SahhaQuirk.FACTOR_WITHOUT_ID))).noneMatch(factor -> factor.has("id"));
        assertThat(factors(scores(SahhaQuirk.FACTOR_ID_IS_NAME)))
                .allMatch(factor -> factor.path("id").equals(factor.path("name")));
        var misprinted = factors(scores(SahhaQuirk.DOCUMENTED_TYPOS));
        assertThat(misprinted).anyMatch(factor -> factor.path("name").asText().equals("sleep_contiuity"));
        assertThat(misprinted).anyMatch(factor -> factor.path("unit").asText().equals("mintue"));
    }

    @Test
    void versionsMayBeDecimal() {
        assertThat(sahha.get(SCORES).body()).contains("\"version\":1}");
        scores(SahhaQuirk.DECIMAL_VERSION);
        assertThat(sahha.get(SCORES).body()).contains("\"version\":1.0}").doesNotContain("\"version\":1}");
    }

    @Test
    void creationTimesHaveOtherNamesAndForms() {
        assertThat(Sahha.texts(scores(), "createdAtUtc")).allMatch(text -> text.matches(STAMP + "\\+00:00"));
        assertThat(Sahha.texts(scores(SahhaQuirk.CREATED_AT_Z), "createdAtUtc"))
                .allMatch(text -> text.matches(STAMP + "Z"));
        String offset = sahha.person("demo-anna").offsetAt(Sahha.START).getId();
        assertThat(Sahha.texts(scores(SahhaQuirk.CREATED_AT_LOCAL_OFFSET), "createdAtUtc"))
                .allMatch(text -> text.endsWith(offset));
        var renamed = scores(SahhaQuirk.CREATED_AT_NAME, SahhaQuirk.CREATED_AT_Z);
        assertThat(Sahha.texts(renamed, "createdAt")).allMatch(text -> text.matches(STAMP + "Z"));
        assertThat(list(renamed)).noneMatch(row -> row.has("createdAtUtc"));
    }

    @Test
    void scoreDatesMayLackTheOffsetOrClaimUtc() {
        assertThat(Sahha.texts(scores(SahhaQuirk.SCORE_DATE_WITHOUT_OFFSET), "scoreDateTime"))
                .allMatch(text -> text.endsWith("T00:00:00"));
        assertThat(Sahha.texts(scores(SahhaQuirk.SCORE_DATE_Z), "scoreDateTime"))
                .allMatch(text -> text.endsWith("T00:00:00Z"));
    }

    @Test
    void valuesThatAreTimesHaveThreeForms() {
        assertThat(times(biomarkers()))
                .allMatch(text -> text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d[+-]\\d\\d:\\d\\d"));
        assertThat(times(biomarkers(SahhaQuirk.VALUE_TIME_WITH_SECONDS)))
                .allMatch(text -> text.matches(STAMP + "[+-]\\d\\d:\\d\\d"));
        assertThat(times(biomarkers(SahhaQuirk.VALUE_TIME_WITH_MILLIS)))
                .allMatch(text -> text.matches(STAMP + "\\.\\d{3}[+-]\\d\\d:\\d\\d"));
    }

    private static List<String> times(JsonNode rows) {
        return list(rows).stream()
                .filter(row -> row.path("valueType").asText().equals("datetime"))
                .map(row -> row.path("value").asText())
                .toList();
    }

    @Test
    void valuesMayBeNumbersOrEndInAPoint() {
        var numeric = list(biomarkers(SahhaQuirk.NUMERIC_VALUES)).stream()
                .filter(row -> !row.path("valueType").asText().equals("datetime"))
                .toList();
        assertThat(numeric).isNotEmpty().allMatch(row -> row.path("value").isNumber());
        assertThat(numeric).allMatch(row -> row.path("valueType").asText().equals("double"));
        assertThat(Sahha.texts(biomarkers(SahhaQuirk.VALUE_ENDS_WITH_POINT), "value"))
                .anyMatch(text -> text.endsWith("."));
        assertThat(Sahha.texts(biomarkers(), "value")).noneMatch(text -> text.endsWith("."));
    }

    @Test
    void windowsMayEndOneSecondLater() {
        var ends = Sahha.texts(biomarkers(SahhaQuirk.MIDNIGHT_WINDOW_END), "endDateTime");

        assertThat(ends).allMatch(text -> text.contains("T00:00:00") || text.contains("T18:00:00"));
    }

    @Test
    void theOpenDayMayComeTwiceAndYesterdayMayStayIntraday() {
        String today = sahha.person("demo-anna").dateAt(Sahha.START).toString();
        String yesterday = LocalDate.parse(today).minusDays(1).toString();

        assertThat(periodicities(biomarkers(SahhaQuirk.INTRADAY_AND_DAILY), today))
                .containsExactlyInAnyOrder("intraday", "daily");
        assertThat(periodicities(biomarkers(), yesterday)).containsExactly("daily");
        assertThat(periodicities(biomarkers(SahhaQuirk.YESTERDAY_STILL_INTRADAY), yesterday))
                .containsExactly("intraday");
    }

    private static List<String> periodicities(JsonNode rows, String day) {
        return list(rows).stream()
                .filter(row -> row.path("type").asText().equals("steps")
                        && row.path("startDateTime").asText().startsWith(day))
                .map(row -> row.path("periodicity").asText())
                .toList();
    }

    @Test
    void earlierComputationsMayComeToo() {
        var rows = scores(SahhaQuirk.DUPLICATE_RECOMPUTED);

        var keys = new HashMap<String, Set<String>>();
        rows.forEach(row -> keys.computeIfAbsent(
                        row.path("type").asText() + row.path("scoreDateTime").asText(), key -> new HashSet<>())
                .add(row.path("id").asText() + row.path("createdAtUtc").asText()));
        assertThat(keys.values()).anyMatch(ids -> ids.size() == 2).allMatch(ids -> ids.size() <= 2);
        assertThat(Sahha.texts(rows, "id")).containsAll(Sahha.texts(scores(), "id"));
        assertThat(biomarkers(SahhaQuirk.DUPLICATE_RECOMPUTED).size())
                .isGreaterThan(biomarkers().size());
    }

    @Test
    void unknownFieldsAndWordsMayAppear() {
        assertThat(list(scores(SahhaQuirk.UNKNOWN_FIELDS)))
                .allMatch(row -> row.path("provenance").isObject() && row.has("requestId"));
        assertThat(list(biomarkers(SahhaQuirk.UNKNOWN_FIELDS))).allMatch(row -> row.has("provenance"));
        assertThat(Sahha.texts(scores(SahhaQuirk.UNKNOWN_WORDS), "state")).contains("exceptional", "high");
        assertThat(Sahha.texts(biomarkers(SahhaQuirk.UNKNOWN_WORDS), "valueType"))
                .contains("quantity", "integer");
    }

    @Test
    void activityAndReadinessMayBeAbsent() {
        assertThat(Sahha.texts(scores(SahhaQuirk.SLEEP_ONLY), "type"))
                .contains("sleep", "wellbeing")
                .doesNotContain("activity", "readiness");
    }
}
