package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.dropwizard.jackson.Jackson;
import io.holisticos.health.DayRange;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.RecordDecoder;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.testing.TestDatabase;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which version of a record stays, whatever the order and number of deliveries. */
class RowChangesTest {

    private static final Instant NOW = Instant.parse("2025-07-12T10:00:00Z");
    private static final LocalDate DAY = LocalDate.of(2025, 7, 11);

    private static TestDatabase database;
    private static final ObjectMapper MAPPER = Jackson.newObjectMapper()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
    private static int members;

    private final RecordDecoder decoder = new RecordDecoder(new MetricRegistry());
    private SahhaRowStore store;
    private UserId who;

    @BeforeAll
    static void openDatabase() {
        database = SahhaTables.emptied();
    }

    @BeforeEach
    void anotherMember() {
        store = SahhaStores.in(database.jdbi(), MAPPER, who -> {}).rows();
        who = new UserId("member-" + members++);
    }

    @Test
    void theNewerCreatedAtWinsInAnyOrder() {
        save(score("a", "0.71", "10:00:00"), 1);
        save(score("b", "0.82", "12:00:00"), 2);
        RowChanges late = save(score("c", "0.63", "11:00:00"), 3);

        assertThat(late.overruled()).isEqualTo(1);
        assertThat(only(SahhaKind.SCORES).value()).isEqualTo("0.82");
        assertThat(history()).containsExactly("0.71");
    }

    @Test
    void ofTwoWithoutAnOrderTheFetchBegunLaterWins() {
        save(steps("1000", "intraday", "23:59:59"), 5);
        RowChanges early = save(steps("900", "intraday", "23:59:59"), 4);
        save(steps("1100", "intraday", "23:59:59"), 6);

        assertThat(early.overruled()).isEqualTo(1);
        assertThat(only(SahhaKind.BIOMARKERS).value()).isEqualTo("1100");
        assertThat(history()).containsExactly("1000");
    }

    @Test
    void theSameAgainChangesNothingWhateverItsId() {
        save(score("a", "0.70", "10:00:00"), 1);
        SahhaRow before = only(SahhaKind.SCORES);
        RowChanges again = save(score("other-id", "0.7", "10:00:00").replace("\"version\":1", "\"version\":1.0"), 2);

        assertThat(again.changes()).isEmpty();
        assertThat(only(SahhaKind.SCORES)).isEqualTo(before);
        assertThat(history()).isEmpty();
    }

    @Test
    void aDailyValueIsNotReplacedByAnIntradayOne() {
        save(
                "[" + inner(steps("800", "intraday", "23:59:59")) + "," + inner(steps("8140", "daily", "23:59:59"))
                        + "]",
                1);
        assertThat(only(SahhaKind.BIOMARKERS).value()).isEqualTo("8140");

        save(steps("8000", "intraday", "23:59:59"), 2);
        assertThat(only(SahhaKind.BIOMARKERS).value()).isEqualTo("8140");

        save(steps("8200", "daily", "23:59:59"), 3);
        assertThat(only(SahhaKind.BIOMARKERS).value()).isEqualTo("8200");
    }

    @Test
    void aWindowThatEndsASecondLaterIsTheSameWindow() {
        save(steps("800", "daily", "23:59:59"), 1);
        save(steps("900", "daily", "24:00:00").replace("2025-07-11T24:00:00", "2025-07-12T00:00:00"), 2);

        assertThat(only(SahhaKind.BIOMARKERS).value()).isEqualTo("900");
        assertThat(store.of(who, DayRange.of(DAY.plusDays(1)), NOW).biomarkers())
                .isEmpty();
    }

    @Test
    void aScoreMayLoseItsValue() {
        save(score("a", "0.71", "10:00:00"), 1);
        save(score("a", "null", "11:00:00"), 2);

        assertThat(only(SahhaKind.SCORES).value()).isNull();
        assertThat(store.startingIn(SahhaKind.SCORES, who, null, null, 10, NOW).biomarkers())
                .isEmpty();
        assertThat(history()).containsExactly("0.71");
    }

    private RowChanges save(String json, int fetch) {
        try {
            SahhaKind kind = json.contains("scoreDateTime") ? SahhaKind.SCORES : SahhaKind.BIOMARKERS;
            return store.save(
                    kind,
                    who,
                    "recent",
                    decoder.decode(kind, MAPPER.readTree(json)),
                    NOW.plusSeconds(fetch),
                    NOW.plusSeconds(60L + fetch));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private SahhaRow only(SahhaKind kind) {
        Held held = store.of(who, DayRange.of(DAY), NOW);
        List<SahhaRow> rows = kind == SahhaKind.SCORES ? held.scores() : held.biomarkers();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    private List<String> history() {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery(
                                "select value from sahha_history where profile_id = :who order by replaced_at")
                        .bind("who", who.value())
                        .mapTo(String.class)
                        .list());
    }

    private static String inner(String list) {
        return list.substring(1, list.length() - 1);
    }

    private static String score(String id, String score, String created) {
        return """
                [{"id":"%s","type":"sleep","state":"high","score":%s,"factors":[],"dataSources":["sleep"],
                  "scoreDateTime":"2025-07-11T00:00:00+12:00","createdAtUtc":"2025-07-11T%s+00:00","version":1}]""".formatted(id, score, created);
    }

    private static String steps(String value, String periodicity, String end) {
        return """
                [{"id":"s","category":"activity","type":"steps","periodicity":"%s","aggregation":"total","value":"%s",
                  "unit":"count","valueType":"integer","startDateTime":"2025-07-11T00:00:00+12:00",
                  "endDateTime":"2025-07-11T%s+12:00"}]""".formatted(periodicity, value, end);
    }
}
