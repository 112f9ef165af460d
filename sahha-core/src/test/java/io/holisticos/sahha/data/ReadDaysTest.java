package io.holisticos.sahha.data;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer.Listed;
import io.holisticos.health.DayRange;
import io.holisticos.health.UserId;
import io.holisticos.sahha.SahhaTables;
import io.holisticos.sahha.api.SahhaKind;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which days were read to their end, by marks that anybody may write, and that a change of this is told. */
class ReadDaysTest {

    private static Jdbi jdbi;
    private static int members;

    private SahhaStores stores;
    private UserId who;

    @BeforeAll
    static void openDatabase() {
        jdbi = SahhaTables.emptied().jdbi();
    }

    @BeforeEach
    void anotherMember() {
        stores = SahhaStores.in(jdbi, new ObjectMapper(), who -> {});
        who = new UserId("read-member-" + members++);
    }

    @ParameterizedTest(name = "read at {0}, asked at {1}, offset {2}")
    @CsvSource(textBlock = """
                    2025-07-12T10:00:00Z, 2025-07-12T23:00:00Z, +00:00, 2025-07-13
                    2025-07-12T10:00:00Z, 2025-07-12T09:59:59Z, +00:00, 2025-07-13
                    2025-07-12T10:00:00Z, 2025-07-13T00:00:00Z, +00:00, 2025-07-12
                    2025-07-12T23:59:59Z, 2025-07-14T00:00:00Z, +00:00, 2025-07-12
                    2025-07-13T00:00:00Z, 2025-07-14T00:00:00Z, +00:00, 2025-07-13
                    2025-07-12T11:59:59Z, 2025-07-13T12:00:00Z, +12:00, 2025-07-12
                    2025-07-12T12:00:00Z, 2025-07-13T12:00:00Z, +12:00, 2025-07-13
                    2025-07-12T10:59:59Z, 2025-07-13T12:00:00Z, -11:00, 2025-07-11
                    2025-07-12T11:00:00Z, 2025-07-13T12:00:00Z, -11:00, 2025-07-12
                    """)
    void fromTheDayOfTheLastReadOnDaysAreReadInPartAndThePresentOneOnlyIfItWasNotReadAtAll(
            Instant read, Instant now, ZoneOffset offset, LocalDate firstInPart) {
        mark("recent", read);

        assertThat(inPart("2025-07-01", "2025-07-20", offset, now))
                .isEqualTo(new DayRange(firstInPart, LocalDate.parse("2025-07-20")).days());
    }

    @Test
    void daysBeforeTheRecentOnesAreReadWithTheirMonth() {
        mark("recent", Instant.parse("2025-07-12T10:00:00Z"));
        mark("2025-05", Instant.parse("2025-07-12T10:00:00Z"));

        assertThat(inPart("2025-04-29", "2025-05-02")).hasToString("[2025-04-29, 2025-04-30]");
        assertThat(inPart("2025-05-30", "2025-06-02")).hasToString("[2025-06-01, 2025-06-02]");
        assertThat(inPart("2025-06-26", "2025-06-30")).hasToString("[2025-06-26, 2025-06-27]");
    }

    @Test
    void bothKindsAreToBeRead() {
        mark(SahhaKind.SCORES, "recent", Instant.parse("2025-07-12T10:00:00Z"));

        assertThat(inPart("2025-07-10", "2025-07-11")).hasSize(2);
    }

    @Test
    void daysThatWereReadOnceStayReadWhileReadsGoOnAndAGapEndsIt() {
        for (String day : List.of("2025-06-10", "2025-06-23", "2025-07-06", "2025-07-12")) {
            mark("recent", Instant.parse(day + "T10:00:00Z"));
        }
        assertThat(inPart("2025-05-26", "2025-07-12")).hasToString("[2025-05-26]");

        mark("recent", Instant.parse("2025-07-26T10:00:00Z"));

        assertThat(stores.rows()
                        .of(who, DayRange.of(LocalDate.of(2025, 7, 10)), Instant.parse("2025-07-26T10:00:00Z"))
                        .standing()
                        .read()
                        .inPart(
                                DayRange.of(LocalDate.parse("2025-07-11")),
                                ZoneOffset.UTC,
                                Instant.parse("2025-07-26T10:00:00Z")))
                .hasSize(1);
        assertThat(changes())
                .filteredOn(change -> change.days().isEmpty())
                .extracting(Change::reason)
                .contains("coverage");
    }

    @Test
    void aMarkThatAnEventMakesStaleTakesNoDayBack() {
        mark("recent", Instant.parse("2025-07-12T00:01:00Z"));
        long revision = revision();

        jdbi.useTransaction(handle -> new RefreshMarkStore(new SahhaDatabase(jdbi, new ObjectMapper(), any -> {}))
                .makeStale(handle, who, SahhaKind.SCORES, Instant.parse("2025-07-11T23:55:00Z")));

        assertThat(stores.marks().of(who).at(SahhaKind.SCORES, "recent"))
                .contains(Instant.parse("2025-07-11T23:55:00Z"));
        assertThat(inPart("2025-07-10", "2025-07-12")).isEmpty();
        assertThat(revision()).isEqualTo(revision);
    }

    @Test
    void aMarkOfBeforeDaysWereKeptSaysWhatItsFetchAskedFor() {
        mark("recent", Instant.parse("2025-07-12T10:00:00Z"));
        jdbi.useHandle(handle -> {
            handle.execute("alter table sahha_refresh disable trigger sahha_keep_read_days");
            handle.execute(
                    "update sahha_refresh set read_from = null, read_until = null where profile_id = ?", who.value());
            handle.execute("alter table sahha_refresh enable trigger sahha_keep_read_days");
        });

        assertThat(inPart("2025-06-26", "2025-07-12")).hasToString("[2025-06-26, 2025-06-27]");

        mark("recent", Instant.parse("2025-07-20T10:00:00Z"));
        assertThat(inPart("2025-06-26", "2025-07-12")).hasToString("[2025-06-26, 2025-06-27]");
    }

    @Test
    void theFirstReadTellsItsDaysAndALaterOneThoseThatWereNotOver() {
        mark(SahhaKind.SCORES, "recent", Instant.parse("2025-07-12T20:00:00Z"));
        assertThat(days())
                .containsExactlyElementsOf(
                        new DayRange(LocalDate.parse("2025-06-28"), LocalDate.parse("2025-07-13")).days());

        long before = revision();
        mark(SahhaKind.SCORES, "recent", Instant.parse("2025-07-12T23:59:59Z"));
        mark(SahhaKind.ARCHETYPES, "recent", Instant.parse("2025-07-12T23:59:59Z"));
        assertThat(revision()).isEqualTo(before);

        mark(SahhaKind.SCORES, "recent", Instant.parse("2025-07-14T02:00:00Z"));
        assertThat(revision()).isEqualTo(before + 1);
        assertThat(changes().get(changes().size() - 1).days())
                .isEqualTo(new TreeSet<>(
                        new DayRange(LocalDate.parse("2025-07-12"), LocalDate.parse("2025-07-14")).days()));
    }

    @Test
    void aMonthThatIsReadAgainTellsThoseOfItsDaysThatWereNotOver() {
        mark(SahhaKind.SCORES, "2025-06", Instant.parse("2025-06-29T20:00:00Z"));
        mark(SahhaKind.SCORES, "2025-06", Instant.parse("2025-07-16T10:00:00Z"));
        assertThat(changes())
                .last()
                .satisfies(change -> assertThat(change.days()).hasToString("[2025-06-29, 2025-06-30]"));

        long before = revision();
        mark(SahhaKind.SCORES, "2025-06", Instant.parse("2025-07-18T10:00:00Z"));
        assertThat(revision()).isEqualTo(before);
    }

    @Test
    void aMarkThatAnOperatorDeletesIsAChangeOfEveryDay() {
        mark("recent", Instant.parse("2025-07-12T10:00:00Z"));
        long before = revision();

        jdbi.useHandle(handle -> handle.execute("delete from sahha_refresh where profile_id = ?", who.value()));

        assertThat(revision()).isEqualTo(before + 1);
        assertThat(inPart("2025-07-10", "2025-07-10")).hasSize(1);
    }

    private void mark(String span, Instant at) {
        mark(SahhaKind.SCORES, span, at);
        mark(SahhaKind.BIOMARKERS, span, at);
    }

    private void mark(SahhaKind kind, String span, Instant at) {
        stores.rows().save(kind, who, span, List.of(), at, at);
    }

    private List<LocalDate> inPart(String from, String to) {
        return inPart(from, to, ZoneOffset.UTC, Instant.parse("2025-07-12T12:00:00Z"));
    }

    private List<LocalDate> inPart(String from, String to, ZoneOffset offset, Instant now) {
        return new ArrayList<>(new TreeSet<>(stores.rows()
                .of(who, DayRange.of(LocalDate.of(2025, 7, 10)), now)
                .standing()
                .read()
                .inPart(new DayRange(LocalDate.parse(from), LocalDate.parse(to)), offset, now)));
    }

    private long revision() {
        return stores.rows()
                .of(
                        who,
                        DayRange.of(LocalDate.of(2025, 7, 10)),
                        OffsetDateTime.parse("2025-07-12T10:00:00Z").toInstant())
                .standing()
                .revision();
    }

    private List<LocalDate> days() {
        return changes().stream()
                .flatMap(change -> change.days().stream())
                .distinct()
                .sorted()
                .toList();
    }

    private List<Change> changes() {
        return ((Listed) stores.changes().since(who, Change.OLDEST_KEPT, 1_000)).changes();
    }
}
