package io.holisticos.unified;

import static io.holisticos.unified.UnifiedFixture.PRECEDENCE;
import static io.holisticos.unified.UnifiedFixture.SAHHA;
import static io.holisticos.unified.UnifiedFixture.WHOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.BoundedSource;
import io.holisticos.health.Change;
import io.holisticos.health.ChangesAnswer;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.HealthError.MemberNotFound;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.HealthSource.Acquaintance;
import io.holisticos.health.Metric;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.unified.ChangesBody.Entry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What changed, told by two lists that are read from places of their own. */
class ChangesFlowTest {

    private static final UserId WHO = new UserId("somebody");
    private static final LocalDate DAY = LocalDate.of(2026, 11, 20);

    private final FakeSource sahha = new FakeSource("sahha");
    private final FakeSource whoop = new FakeSource("whoop");
    private final List<Change> ofSahha = new ArrayList<>();
    private final List<Change> ofWhoop = new ArrayList<>();
    private Preferences wishes = Preferences.NONE;
    private List<RelayRule> relays = List.of();
    private Map<SourceName, Integer> sourceRules = Map.of(WHOOP, 1);
    private int limit = 100;
    private Instant now = Instant.parse("2026-11-22T10:00:00Z");

    ChangesFlowTest() {
        sahha.changing(since -> listed(ofSahha, since));
        whoop.changing(since -> listed(ofWhoop, since));
    }

    @Test
    void withoutAPlaceEverythingThatIsKeptIsListed() {
        change(ofSahha, DAY, Metric.STEPS);
        change(ofWhoop, DAY.minusDays(20), Metric.HEART_RATE_RESTING);

        ChangesBody answer = read(null);

        assertThat(answer.changes())
                .filteredOn(entry -> !entry.reason().equals("looks_back"))
                .containsExactly(
                        new Entry(List.of(DAY), List.of("steps"), "test", "sahha"),
                        new Entry(List.of(DAY.minusDays(20)), List.of("heart_rate.resting"), "test", "whoop"));
        assertThat(answer.more()).isFalse();
        assertThat(read(answer.next()).changes()).isEmpty();
    }

    @Test
    void nothingIsLostOrDoubledHoweverTheListsGrowBetween() {
        List<Entry> told = new ArrayList<>();
        limit = 2;
        String next = null;
        for (int round = 0; round < 12; round++) {
            if (round < 6) {
                change(ofSahha, DAY.minusDays(round), Metric.STEPS);
                change(ofWhoop, DAY.minusDays(100 + round));
                change(ofWhoop, DAY.minusDays(200 + round));
            }
            ChangesBody answer = read(next);
            answer.changes().stream()
                    .filter(entry -> !entry.reason().equals("looks_back"))
                    .forEach(told::add);
            next = answer.next();
        }

        assertThat(told).doesNotHaveDuplicates().hasSize(18);
        assertThat(read(next).more()).isFalse();
    }

    @Test
    void aSourceThatIsAwayIsReadOnFromItsPlaceWhenItIsBack() {
        change(ofSahha, DAY, Metric.STEPS);
        change(ofWhoop, DAY.minusDays(20));
        String first = read(null).next();
        change(ofWhoop, DAY.minusDays(21));
        change(ofSahha, DAY.minusDays(1), Metric.STEPS);
        whoop.changing(since -> new ChangesAnswer.Unavailable(Duration.ofSeconds(5)));

        ChangesBody without = read(first);
        assertThat(daysOf(without)).contains(DAY.minusDays(1)).doesNotContain(DAY.minusDays(21));
        assertThat(without.sources())
                .extracting(source -> source.name() + " " + source.status())
                .containsExactly("sahha ok", "whoop unavailable");

        whoop.changing(since -> listed(ofWhoop, since));
        ChangesBody back = read(without.next());
        assertThat(daysOf(back)).containsExactly(DAY.minusDays(21));
    }

    @Test
    void whenNobodyCanBeAskedTheCallerKeepsTheirPlace() {
        sahha.changing(since -> new ChangesAnswer.Unavailable(Duration.ofSeconds(5)));
        whoop.changing(since -> new ChangesAnswer.Unavailable(Duration.ofSeconds(5)));

        assertThatThrownBy(() -> read(null)).isInstanceOf(SourceUnavailable.class);

        whoop.changing(since -> new ChangesAnswer.Disabled());
        assertThatThrownBy(() -> read(null)).isInstanceOf(SourceUnavailable.class);
    }

    @Test
    void aSourceThatIsSwitchedOffAndOnChangesEveryDayAndLosesNothingMeanwhile() {
        change(ofSahha, DAY, Metric.STEPS);
        change(ofWhoop, DAY.minusDays(20));
        String first = read(null).next();
        whoop.changing(since -> new ChangesAnswer.Disabled());

        ChangesBody off = read(first);
        assertThat(off.changes()).containsExactly(Entry.ofEveryDay("switched_off", WHOOP));
        assertThat(read(off.next()).changes()).isEmpty();

        change(ofWhoop, DAY.minusDays(21));
        whoop.changing(since -> listed(ofWhoop, since));
        ChangesBody on = read(off.next());
        assertThat(on.changes().get(0)).isEqualTo(Entry.ofEveryDay("switched_on", WHOOP));
        assertThat(daysOf(on)).containsExactly(DAY.minusDays(21));
        assertThat(read(on.next()).changes()).isEmpty();
    }

    @Test
    void anotherOrderOrOtherRulesChangeEveryDayOnce() {
        change(ofSahha, DAY, Metric.STEPS);
        String first = read(null).next();

        wishes = new Preferences(List.of(SAHHA, WHOOP), Map.of(), Map.of());
        ChangesBody preferred = read(first);
        assertThat(preferred.changes()).containsExactly(Entry.ofEveryDay("preferences", null));

        relays = List.of(new RelayRule(SAHHA, WHOOP, Map.of(), Set.of()));
        ChangesBody ruled = read(preferred.next());
        assertThat(ruled.changes()).containsExactly(Entry.ofEveryDay("merge", null));

        sourceRules = Map.of(WHOOP, 2);
        ChangesBody readOtherwise = read(ruled.next());
        assertThat(readOtherwise.changes()).containsExactly(Entry.ofEveryDay("merge", null));
        assertThat(read(readOtherwise.next()).changes()).isEmpty();
    }

    /** Another replica may answer by the former ones for some seconds, and whoever read there keeps those days. */
    @Test
    void whatAnotherReplicaMayNotHaveKnownIsToldOnceMoreWhenAllMustKnowIt() {
        change(ofSahha, DAY, Metric.STEPS);
        String first = read(null).next();
        wishes = new Preferences(List.of(SAHHA, WHOOP), Map.of(), Map.of());
        relays = List.of(new RelayRule(SAHHA, WHOOP, Map.of(), Set.of()));
        whoop.changing(since -> new ChangesAnswer.Disabled());
        ChangesBody told = read(first);
        assertThat(told.changes()).extracting(Entry::reason).containsExactly("merge", "preferences", "switched_off");

        now = now.plusSeconds(4);
        ChangesBody soon = read(told.next());
        assertThat(soon.changes()).isEmpty();

        now = now.plusSeconds(1);
        ChangesBody later = read(soon.next());
        assertThat(later.changes()).containsExactlyInAnyOrderElementsOf(told.changes());
        now = now.plusSeconds(60);
        assertThat(read(later.next()).changes()).isEmpty();
    }

    @Test
    void onlyTheLastOfSeveralSwitchesIsToldOnceMore() {
        change(ofSahha, DAY, Metric.STEPS);
        String first = read(null).next();
        whoop.changing(since -> new ChangesAnswer.Disabled());
        String off = read(first).next();
        now = now.plusSeconds(2);
        whoop.changing(since -> listed(ofWhoop, since));
        ChangesBody on = read(off);

        now = now.plusSeconds(4);
        assertThat(read(on.next()).changes()).isEmpty();
        now = now.plusSeconds(60);
        ChangesBody again = read(on.next());
        assertThat(again.changes()).containsExactly(Entry.ofEveryDay("switched_on", WHOOP));
        assertThat(read(again.next()).changes()).isEmpty();
    }

    @Test
    void aClockThatGoesBackLosesNoneOfIt() {
        change(ofSahha, DAY, Metric.STEPS);
        String first = read(null).next();
        wishes = new Preferences(List.of(SAHHA, WHOOP), Map.of(), Map.of());
        String told = read(first).next();

        now = now.minusSeconds(3600);

        assertThat(read(told).changes()).containsExactly(Entry.ofEveryDay("preferences", null));
    }

    @Test
    void aSourceThatKeepsNoChangesIsNamedAndTakesNothingFromTheOthers() {
        change(ofSahha, DAY, Metric.STEPS);
        whoop.changing(since -> ChangesAnswer.NOTHING_KEPT);

        ChangesBody answer = read(null);

        assertThat(answer.sources())
                .extracting(source -> source.name() + " " + source.status())
                .containsExactly("sahha ok", "whoop not_counted");
        assertThat(daysOf(answer)).containsExactly(DAY);
        assertThat(answer.changes())
                .as("it may have equal values")
                .extracting(Entry::reason)
                .contains("looks_back");
        assertThat(read(answer.next()).changes()).isEmpty();
    }

    @Test
    void aSourceThatBeginsToKeepChangesIsReadFromItsOldestOne() {
        change(ofSahha, DAY, Metric.STEPS);
        whoop.changing(since -> ChangesAnswer.NOTHING_KEPT);
        String before = read(null).next();
        change(ofWhoop, DAY.minusDays(20));
        whoop.changing(since -> listed(ofWhoop, since));

        assertThat(daysOf(read(before))).containsExactly(DAY.minusDays(20));
    }

    @Test
    void whoKeepsNoChangesCanBeSwitchedLikeAllOthers() {
        change(ofSahha, DAY, Metric.STEPS);
        whoop.changing(since -> ChangesAnswer.NOTHING_KEPT);
        String first = read(null).next();
        whoop.changing(since -> new ChangesAnswer.Disabled());
        ChangesBody off = read(first);
        whoop.changing(since -> ChangesAnswer.NOTHING_KEPT);
        ChangesBody on = read(off.next());

        assertThat(off.changes()).containsExactly(Entry.ofEveryDay("switched_off", WHOOP));
        assertThat(on.changes()).containsExactly(Entry.ofEveryDay("switched_on", WHOOP));
    }

    @Test
    void aSourceThatIsNewIsReadFromItsOldestChange() {
        change(ofSahha, DAY, Metric.STEPS);
        String withOne = flow(Stream.of(sahha)).read(WHO, null).next();
        change(ofWhoop, DAY.minusDays(20));

        assertThat(daysOf(read(withOne))).containsExactly(DAY.minusDays(20));
    }

    @Test
    void daysThatLookBackOnAChangedOneAreToldUpToToday() {
        change(ofSahha, DAY, Metric.HEART_RATE_RESTING);
        change(ofWhoop, DAY.minusDays(40));

        assertThat(read(null).changes())
                .filteredOn(entry -> entry.reason().equals("looks_back"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.days())
                            .contains(DAY.minusDays(1), DAY.plusDays(1))
                            .doesNotContain(DAY.minusDays(2), DAY, DAY.plusDays(4));
                    assertThat(entry.metrics()).containsExactly("heart_rate.resting");
                });
    }

    @Test
    void daysThatLookBackAreToldWhileTheOtherSourceIsAway() {
        change(ofSahha, DAY, Metric.HEART_RATE_RESTING);
        whoop.changing(since -> new ChangesAnswer.Unavailable(Duration.ofSeconds(5)));

        assertThat(read(null).changes()).extracting(Entry::reason).contains("looks_back");
    }

    /** It holds rows of before it counted. */
    @Test
    void daysThatLookBackAndAroundAreToldThoughTheOtherSourceHasCountedNothingYet() {
        ofSahha.add(Change.of(1, List.of(DAY.minusDays(9)), List.of(Metric.HEART_RATE_RESTING), "test")
                .withWorkouts());

        assertThat(read(null).changes()).extracting(Entry::reason).contains("looks_back", "looks_around");
    }

    @Test
    void daysAroundAChangedWorkoutAreToldUpToToday() {
        change(ofSahha, DAY.minusDays(1));
        ofWhoop.add(Change.of(1, List.of(DAY), List.of(), "test").withWorkouts());

        assertThat(read(null).changes())
                .filteredOn(entry -> entry.reason().equals("looks_around"))
                .singleElement()
                .satisfies(entry -> {
                    assertThat(entry.days()).startsWith(DAY.minusDays(4)).contains(DAY.minusDays(2), DAY.plusDays(2));
                    assertThat(entry.days()).doesNotContain(DAY.minusDays(1), DAY, DAY.plusDays(4));
                    assertThat(entry.metrics()).isEmpty();
                });
    }

    @Test
    void nobodyLooksBackOrAroundWhereOneSourceIsAllThereIs() {
        ofSahha.add(Change.of(1, List.of(DAY), List.of(Metric.HEART_RATE_RESTING), "test")
                .withWorkouts());
        whoop.changing(since -> new ChangesAnswer.Disabled());

        assertThat(read(null).changes()).hasSize(1);
    }

    @Test
    void whomNoSourceKnowsIsNotFound() {
        assertThatThrownBy(() -> read(null)).isInstanceOf(MemberNotFound.class);

        sahha.acquainted(Acquaintance.KNOWN);
        assertThat(read(null).changes()).isEmpty();
    }

    @Test
    void theCursorOfAnotherPersonIsRefused() {
        change(ofSahha, DAY, Metric.STEPS);
        String next = read(null).next();

        assertThatThrownBy(() -> flow(Stream.of(sahha, whoop)).read(new UserId("somebody-else"), next))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("another user")
                .hasMessageContaining("without since");
    }

    @Test
    void aCursorWhoseChangesAreForgottenIsRefused() {
        change(ofSahha, DAY, Metric.STEPS);
        String next = read(null).next();
        sahha.changing(since -> new ChangesAnswer.Forgotten());

        assertThatThrownBy(() -> read(next))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("older than the changes that are kept")
                .hasMessageContaining("without since");
    }

    @Test
    void aCursorOfAnotherMeaningIsRefused() {
        change(ofSahha, DAY, Metric.STEPS);
        String own = new String(Base64.getUrlDecoder().decode(read(null).next()), StandardCharsets.UTF_8);
        String whole = own.substring(0, own.lastIndexOf(';')).replaceFirst("changes-\\d+", "changes-99");
        String other = Base64.getUrlEncoder()
                .encodeToString((whole + ";" + Fingerprint.of(whole)).getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> read(other))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("another version");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "0", "17", "\u0000", "not base64 at all!", "Y2hhbmdlcy0x", "2026-11-20T00:00:00Z"})
    void garbageIsRefused(String garbage) {
        assertThatThrownBy(() -> read(garbage))
                .isInstanceOf(InvalidRequest.class)
                .hasMessageContaining("since is not what next")
                .hasMessageContaining("without since");
    }

    @Test
    void aCursorThatWasTamperedWithIsRefused() {
        change(ofSahha, DAY, Metric.STEPS);
        String own = new String(Base64.getUrlDecoder().decode(read(null).next()), StandardCharsets.UTF_8);
        String changed = own.replace("sahha=1", "sahha=0");
        assertThat(changed).isNotEqualTo(own);

        assertThatThrownBy(() -> read(Base64.getUrlEncoder().encodeToString(changed.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(InvalidRequest.class);
        assertThatThrownBy(() -> read("x".repeat(100_000))).isInstanceOf(InvalidRequest.class);
    }

    private ChangesBody read(String since) {
        return flow(Stream.of(sahha, whoop)).read(WHO, since);
    }

    private ChangesFlow flow(Stream<FakeSource> sources) {
        return new ChangesFlow(
                sources.map(source -> new BoundedSource(source, Runnable::run, (name, failure) -> {}))
                        .toList(),
                member -> MergeBasis.of(MergeBasis.rules(PRECEDENCE, relays, sourceRules), member),
                who -> wishes,
                new UnifiedConfiguration(),
                new ChangesFlow.Timing(Clock.fixed(now, ZoneOffset.UTC), System::nanoTime));
    }

    private static List<LocalDate> daysOf(ChangesBody answer) {
        return answer.changes().stream()
                .filter(entry -> !entry.reason().equals("looks_back"))
                .flatMap(entry -> entry.days().stream())
                .toList();
    }

    private static void change(List<Change> list, LocalDate day, Metric... metrics) {
        list.add(Change.of(list.size() + 1L, List.of(day), List.of(metrics), "test"));
    }

    private ChangesAnswer listed(List<Change> all, long since) {
        return ChangesAnswer.of(
                since,
                all.size(),
                all.isEmpty() ? null : 1L,
                all.stream()
                        .filter(change -> change.revision() > since)
                        .limit(limit)
                        .toList());
    }
}
