package io.holisticos.whoop.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.HealthError.ReauthorizationRequired;
import io.holisticos.health.HealthError.SourceThrottled;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.WhoopStub.Answer;
import io.holisticos.whoop.api.WhoopStub.Asked;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhoopApiTest {

    private static final UserId ANNA = new UserId("anna");
    private static final UUID SLEEP_ID = UUID.fromString("ecfc6a15-4661-442f-a9a4-f160dd7afae8");
    private static final UUID RECOVERY_SLEEP_ID = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");
    private static final Window WINDOW =
            new Window(Instant.parse("2022-04-24T00:00:00Z"), Instant.parse("2022-05-01T00:00:00.1234Z"));

    private final WhoopStub stub = new WhoopStub();
    private final Rig rig = new Rig(stub.baseUrl(), "token-of-anna");
    private final WhoopApi api = rig.api;

    @AfterEach
    void close() {
        rig.close();
        stub.close();
    }

    @Test
    void readsACycleToTheLastDigit() {
        stub.answers(Answer.sample("cycle-scored-with-steps.json"));

        Fetched<Cycle> fetched = api.cycle(ANNA, 93845, soon()).orElseThrow();

        assertThat(fetched.record())
                .isEqualTo(new Cycle(
                        93845,
                        10129,
                        Instant.parse("2022-04-24T11:25:44.774Z"),
                        Instant.parse("2022-04-24T14:25:44.774Z"),
                        Instant.parse("2022-04-24T02:25:44.774Z"),
                        Instant.parse("2022-04-24T10:25:44.774Z"),
                        ZoneOffset.ofHours(-5),
                        new ScoreState("SCORED"),
                        new CycleScore(new BigDecimal("5.2951527"), new BigDecimal("8288.297"), 68, 141),
                        8234));
        assertThat(fetched.raw()).isEqualTo(WhoopStub.sampleBytes("cycle-scored-with-steps.json"));
        assertThat(stub.asked)
                .containsExactly(new Asked("GET", "/developer/v2/cycle/93845", "null", "Bearer token-of-anna"));
    }

    @Test
    void anOpenCycleIsScoredAndHasNoEnd() {
        stub.answers(Answer.sample("cycle-open.json"));

        Cycle cycle = api.cycle(ANNA, 93846, soon()).orElseThrow().record();

        assertThat(cycle.end()).isNull();
        assertThat(cycle.score()).isNotNull();
        assertThat(cycle.stepCount()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"cycle-pending.json,PENDING_SCORE", "cycle-unscorable.json,UNSCORABLE"})
    void anUnscoredCycleHasNoScore(String sample, ScoreState.Kind kind) {
        stub.answers(Answer.sample(sample));

        Cycle cycle = api.cycle(ANNA, 1, soon()).orElseThrow().record();

        assertThat(cycle.scoreState().kind()).isEqualTo(kind);
        assertThat(cycle.score()).isNull();
    }

    @Test
    void readsASleep() {
        stub.answers(Answer.sample("sleep-scored.json"));

        Sleep sleep = api.sleep(ANNA, SLEEP_ID, soon()).orElseThrow().record();

        assertThat(sleep.id()).isEqualTo(SLEEP_ID);
        assertThat(sleep.cycleId()).isEqualTo(93845);
        assertThat(sleep.v1Id()).isEqualTo(93845);
        assertThat(sleep.nap()).isFalse();
        assertThat(sleep.score())
                .isEqualTo(new SleepScore(
                        new SleepScore.StageSummary(30272735, 1403507, 0, 14905851, 6630370, 5879573, 3, 12),
                        new SleepScore.SleepNeeded(27395716, 352230, 208595, -12312),
                        new BigDecimal("16.11328125"),
                        new BigDecimal("98.0"),
                        new BigDecimal("90.0"),
                        new BigDecimal("91.69533848")));
        assertThat(stub.asked.get(0).path()).isEqualTo("/developer/v2/activity/sleep/" + SLEEP_ID);
    }

    @Test
    void aNapLacksPercentagesAndAPendingSleepItsScore() {
        stub.answers(Answer.sample("sleep-nap.json"));
        Sleep nap = api.sleep(ANNA, SLEEP_ID, soon()).orElseThrow().record();
        stub.answers(Answer.sample("sleep-pending.json"));
        Sleep pending = api.sleep(ANNA, SLEEP_ID, soon()).orElseThrow().record();

        assertThat(nap.nap()).isTrue();
        assertThat(nap.v1Id()).isNull();
        assertThat(nap.score().sleepPerformancePercentage()).isNull();
        assertThat(nap.score().respiratoryRate()).isEqualTo(new BigDecimal("15.4"));
        assertThat(pending.score()).isNull();
    }

    @Test
    void readsARecovery() {
        stub.answers(Answer.sample("recovery-scored.json"));

        Recovery recovery =
                api.recoveryOfCycle(ANNA, 93845, soon()).orElseThrow().record();

        assertThat(recovery)
                .isEqualTo(new Recovery(
                        93845,
                        RECOVERY_SLEEP_ID,
                        10129,
                        Instant.parse("2022-04-24T11:25:44.774Z"),
                        Instant.parse("2022-04-24T14:25:44.774Z"),
                        new ScoreState("SCORED"),
                        new RecoveryScore(
                                false,
                                new BigDecimal("44.0"),
                                new BigDecimal("64.0"),
                                new BigDecimal("31.813562"),
                                new BigDecimal("95.6875"),
                                new BigDecimal("33.7"))));
        assertThat(stub.asked.get(0).path()).isEqualTo("/developer/v2/cycle/93845/recovery");
    }

    @Test
    void anOldStrapMeasuresLessAndAPendingRecoveryNothing() {
        stub.answers(Answer.sample("recovery-calibrating-old-strap.json"));
        Recovery old = api.recoveryOfCycle(ANNA, 1, soon()).orElseThrow().record();
        stub.answers(Answer.sample("recovery-pending.json"));
        Recovery pending = api.recoveryOfCycle(ANNA, 1, soon()).orElseThrow().record();

        assertThat(old.score().userCalibrating()).isTrue();
        assertThat(old.score().spo2Percentage()).isNull();
        assertThat(old.score().skinTempCelsius()).isNull();
        assertThat(pending.score()).isNull();
    }

    @Test
    void readsAWorkout() {
        stub.answers(Answer.sample("workout-scored.json"));

        Workout workout = api.workout(ANNA, SLEEP_ID, soon()).orElseThrow().record();

        assertThat(workout.sportName()).isEqualTo("running");
        assertThat(workout.sportId()).isEqualTo(1);
        assertThat(workout.score())
                .isEqualTo(new WorkoutScore(
                        new BigDecimal("8.2463"),
                        123,
                        146,
                        new BigDecimal("1569.34033203125"),
                        new BigDecimal("100.0"),
                        new BigDecimal("1772.77035916"),
                        new BigDecimal("46.64384460449"),
                        new BigDecimal("-0.781372010707855"),
                        new ZoneDurations(300000, 600000, 900000, 900000, 600000, 300000)));
        assertThat(stub.asked.get(0).path()).isEqualTo("/developer/v2/activity/workout/" + SLEEP_ID);
    }

    @Test
    void aWorkoutIndoorsHasNoDistance() {
        stub.answers(Answer.sample("workout-no-gps-strength-trainer.json"));

        Workout workout = api.workout(ANNA, SLEEP_ID, soon()).orElseThrow().record();

        assertThat(workout.sportName()).isEqualTo("weightlifting_msk");
        assertThat(workout.score().distanceMeter()).isNull();
    }

    @Test
    void readsWhoAMemberIs() {
        stub.answers(Answer.sample("profile.json"));

        assertThat(api.profile(ANNA, soon()).orElseThrow().record())
                .isEqualTo(new Profile(10129, "member10129@example.invalid", "Test", "Member"));
        assertThat(api.accountWith("fresh-token", ANNA, soon()).userId()).isEqualTo(10129);

        assertThat(stub.asked)
                .extracting(Asked::authorization)
                .containsExactly("Bearer token-of-anna", "Bearer fresh-token");
        assertThat(stub.asked).extracting(Asked::path).containsOnly("/developer/v2/user/profile/basic");
    }

    @Test
    void aFreshTokenWithoutAProfileIsABadReply() {
        assertThatThrownBy(() -> api.accountWith("fresh-token", ANNA, soon())).isInstanceOf(BadSourceReply.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"user_id\":10129}",
                "{\"user_id\":\"10129\",\"email\":null,\"first_name\":null,\"last_name\":null}",
                "{\"user_id\":10129.0,\"email\":17,\"first_name\":[],\"last_name\":{\"a\":1}}",
                "{\"email\":\"a\\u0000b\",\"first_name\":\"\\ud800\",\"last_name\":\"x\\u0000\",\"user_id\":10129}",
                "{\"first_name\":\"\u0000\",\"last_name\":true,\"user_id\":10129}",
            })
    void theNumberAloneSaysWhoseAccountATokenIsOf(String profile) {
        stub.answers(new Answer(200, "application/json", profile.getBytes(StandardCharsets.UTF_8)));

        assertThat(api.accountWith("fresh-token", ANNA, soon())).isEqualTo(new Account(10129, "", ""));
    }

    @Test
    void namesThatCanBeShownAreRead() {
        stub.answers(new Answer(
                200,
                "application/json",
                "{\"user_id\":1,\"first_name\":\" Zoë \",\"last_name\":7}".getBytes(StandardCharsets.UTF_8)));

        assertThat(api.accountWith("fresh-token", ANNA, soon())).isEqualTo(new Account(1, "Zoë", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"first_name\":\"Test\"}",
                "{\"user_id\":null}",
                "{\"user_id\":0}",
                "{\"user_id\":10129.5}",
                "{\"user_id\":10129",
                "[10129]"
            })
    void withoutTheNumberNobodyKnowsWhoseAccountItIs(String profile) {
        stub.answers(new Answer(200, "application/json", profile.getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> api.accountWith("fresh-token", ANNA, soon()))
                .isInstanceOf(BadSourceReply.class)
                .hasMessageContaining("status 200")
                .hasMessageNotContaining("10129");
    }

    @Test
    void readsABodyMeasurement() {
        stub.answers(Answer.sample("body-measurement.json"));

        assertThat(api.bodyMeasurement(ANNA, soon()).orElseThrow().record())
                .isEqualTo(new BodyMeasurement(new BigDecimal("1.8288"), new BigDecimal("90.7185"), 200));
        assertThat(stub.asked.get(0).path()).isEqualTo("/developer/v2/user/measurement/body");
    }

    @Test
    void revokesAccess() {
        stub.answers(Answer.empty(204));

        api.revokeAccessWith("fresh", ANNA, soon());

        assertThat(stub.asked)
                .containsExactly(new Asked("DELETE", "/developer/v2/user/access", "null", "Bearer fresh"));
    }

    @Test
    void aRevocationThatIsRefusedIsNotHidden() {
        stub.answers(Answer.empty(400));

        assertThatThrownBy(() -> api.revokeAccessWith("fresh", ANNA, soon())).isInstanceOf(BadSourceReply.class);
    }

    @Test
    void whatIsNotThereIsEmpty() {
        assertThat(api.cycle(ANNA, 1, soon())).isEmpty();
        assertThat(api.recoveryOfCycle(ANNA, 1, soon())).isEmpty();
        assertThat(api.sleep(ANNA, SLEEP_ID, soon())).isEmpty();
        assertThat(api.workout(ANNA, SLEEP_ID, soon())).isEmpty();
        assertThat(api.profile(ANNA, soon())).isEmpty();
        assertThat(api.bodyMeasurement(ANNA, soon())).isEmpty();
    }

    @Test
    void asksForPagesAsDocumented() {
        stub.answers(Answer.sample("page-cycles-more.json"));

        Page<Cycle> page = api.cycles(ANNA, WINDOW, "eyI+/=&%{x}", soon());

        assertThat(page.nextToken()).isEqualTo("MTIzOjEyMzEyMw");
        assertThat(page.records()).hasSize(1);
        assertThat(page.rejected()).isEmpty();
        assertThat(stub.asked.get(0).path()).isEqualTo("/developer/v2/cycle");
        assertThat(URLDecoder.decode(stub.asked.get(0).query(), StandardCharsets.UTF_8))
                .isEqualTo("limit=25&start=2022-04-24T00:00:00.000Z&end=2022-05-01T00:00:00.123Z"
                        + "&nextToken=eyI+/=&%{x}");
        assertThat(stub.asked.get(0).query()).contains("nextToken=eyI%2B").contains("%26%25%7Bx%7D");
    }

    @Test
    void readsPagesOfEveryKind() {
        stub.answers(Answer.sample("page-recoveries-more.json"));
        assertThat(api.recoveries(ANNA, WINDOW, null, soon())
                        .records()
                        .get(0)
                        .record()
                        .cycleId())
                .isEqualTo(93845);
        stub.answers(Answer.sample("page-sleeps-more.json"));
        assertThat(api.sleeps(ANNA, WINDOW, null, soon())
                        .records()
                        .get(0)
                        .record()
                        .id())
                .isEqualTo(SLEEP_ID);
        stub.answers(Answer.sample("page-workouts-more.json"));
        assertThat(api.workouts(ANNA, WINDOW, null, soon())
                        .records()
                        .get(0)
                        .record()
                        .id())
                .isEqualTo(SLEEP_ID);

        assertThat(stub.asked)
                .extracting(Asked::path)
                .containsExactly(
                        "/developer/v2/recovery", "/developer/v2/activity/sleep", "/developer/v2/activity/workout");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"records\":[],\"next_token\":null}",
                "{\"records\":[]}",
                "{\"records\":[],\"next_token\":\"\"}",
                "{\"next_token\":null,\"more\":{\"a\":[1]},\"records\":[],\"extra\":1}"
            })
    void anEndIsNullOrAbsentOrEmpty(String body) {
        stub.answers(Answer.json(body));

        Page<Sleep> page = api.sleeps(ANNA, WINDOW, null, soon());

        assertThat(page.nextToken()).isNull();
        assertThat(page.records()).isEmpty();
    }

    @Test
    void keepsTheBytesOfEachRecordAsTheyCame() {
        String nap = text("sleep-nap.json");
        String night = text("sleep-scored.json").replace("\"nap\"", "\"newField\": {\"ü\": [1, 2]}, \"nap\"");
        stub.answers(Answer.json("{\"records\":\n[ " + nap + " ,\n" + night + "\t], \"next_token\": \"t\"}"));

        Page<Sleep> page = api.sleeps(ANNA, WINDOW, null, soon());

        assertThat(page.records())
                .extracting(fetched -> new String(fetched.raw(), StandardCharsets.UTF_8))
                .containsExactly(nap, night);
    }

    @Test
    void oneBadRecordIsCountedAndNamedAndSinksNothing() {
        String good = text("sleep-scored.json");
        String backwards = good.replace("ecfc6a15", "00000001").replace("2022-04-24T02:25", "2022-04-24T12:25");
        String noState = good.replace("ecfc6a15", "00000002").replace("\"score_state\": \"SCORED\",", "");
        String noCycle = good.replace("ecfc6a15", "00000003").replace("\"cycle_id\": 93845,", "");
        String badTime = good.replace("ecfc6a15", "00000004").replace("2022-04-24T10:25:44.774Z", "yesterday");
        String badId = good.replace("ecfc6a15-4661", "<script>");
        stub.answers(Answer.json("{\"records\":["
                + String.join(",", backwards, noState, noCycle, good, badTime, badId, "null", "[{}]", "12", "\"x\"")
                + "]}"));

        Page<Sleep> page = api.sleeps(ANNA, WINDOW, null, soon());

        assertThat(page.records()).hasSize(1);
        assertThat(page.rejected())
                .extracting(rejected -> rejected.id() + ": " + rejected.reason())
                .containsExactly(
                        "00000001-4661-442f-a9a4-f160dd7afae8: end must not be before start",
                        "00000002-4661-442f-a9a4-f160dd7afae8: score_state is missing",
                        "00000003-4661-442f-a9a4-f160dd7afae8: cycle_id is missing",
                        "00000004-4661-442f-a9a4-f160dd7afae8: end is not of the documented form",
                        "unknown: id is not of the documented form",
                        "unknown: not the documented form",
                        "unknown: is not of the documented form",
                        "unknown: is not of the documented form",
                        "unknown: is not of the documented form");
        assertThat(rig.metrics.counter("whoop.rejected.sleep").getCount()).isEqualTo(9);
    }

    @Test
    void aRejectedRecoveryIsNamedByItsCycle() {
        stub.answers(Answer.json("{\"records\":["
                + text("recovery-scored.json").replace("\"recovery_score\": 44.0", "\"recovery_score\": null")
                + "]}"));

        assertThat(api.recoveries(ANNA, WINDOW, null, soon()).rejected())
                .extracting(rejected -> rejected.id() + ": " + rejected.reason())
                .containsExactly("93845: score recovery_score is missing");
    }

    @Test
    void aNumberThatCannotBeTrueIsKeptAsItCameAndCostsNoOtherOfTheRecord() {
        stub.answers(Answer.json("{\"records\":["
                + text("recovery-scored.json")
                        .replace("\"recovery_score\": 44.0", "\"recovery_score\": 144.0")
                        .replace("\"spo2_percentage\": 95.6875", "\"spo2_percentage\": -3")
                + "]}"));

        Page<Recovery> page = api.recoveries(ANNA, WINDOW, null, soon());

        assertThat(page.rejected()).isEmpty();
        RecoveryScore score = page.records().get(0).record().score();
        assertThat(score.recoveryScore()).isEqualTo("144.0");
        assertThat(score.spo2Percentage()).isEqualTo("-3");
        assertThat(score.restingHeartRate()).isEqualTo("64.0");
    }

    @Test
    void aWordWeDoNotKnowIsKept() {
        stub.answers(Answer.json(text("cycle-scored.json").replace("SCORED", "HALF_SCORED")));

        ScoreState state = api.cycle(ANNA, 93845, soon()).orElseThrow().record().scoreState();

        assertThat(state.kind()).isEqualTo(ScoreState.Kind.UNKNOWN);
        assertThat(state).hasToString("HALF_SCORED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "12",
                "{\"records\":{}}",
                "{\"records\":null}",
                "{\"records\":[{\"id\":",
                "{\"records\":[]} {}",
                "{\"records\":[],\"next_token\":{}}",
                "garbage"
            })
    void whatIsNoPageIsABadReply(String body) {
        stub.answers(Answer.json(body));

        assertThatThrownBy(() -> api.cycles(ANNA, WINDOW, null, soon())).isInstanceOf(BadSourceReply.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"id\": 1.5}", "{\"user_id\":", "garbage"})
    void whatIsNoRecordIsABadReplyThatQuotesNothing(String body) {
        stub.answers(Answer.json(body));

        assertThatThrownBy(() -> api.cycle(ANNA, 1, soon()))
                .isInstanceOf(BadSourceReply.class)
                .hasMessageNotContaining("garbage");
    }

    @Test
    void aLostTokenNeedsConsentAgain() {
        stub.answers(new Answer(401, "text/plain", WhoopStub.sampleBytes("error-401-data-api.txt")));

        assertThatThrownBy(() -> api.cycles(ANNA, WINDOW, null, soon())).isInstanceOf(ReauthorizationRequired.class);
        assertThatThrownBy(() -> api.cycle(ANNA, 1, soon())).isInstanceOf(ReauthorizationRequired.class);
        assertThatThrownBy(() -> api.revokeAccessWith("fresh", ANNA, soon()))
                .isInstanceOf(ReauthorizationRequired.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "text/plain; charset=UTF-8 | error code: 1010 | plain_text",
                "text/html | <html>Access denied</html> | html",
                "application/json | {\"error\":\"deactivated_user\"} | json",
                "application/octet-stream | 1010 | other",
                "'' | '' | empty"
            })
    void aForbiddenCallMeansNotNowAndIsCountedByTheKindOfItsBody(String type, String body, String kind) {
        stub.answers(new Answer(403, type, body.getBytes(StandardCharsets.UTF_8)));

        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> api.cycles(ANNA, WINDOW, null, soon()),
                () -> api.cycle(ANNA, 1, soon()),
                () -> api.accountWith("fresh", ANNA, soon()),
                () -> api.revokeAccessWith("fresh", ANNA, soon()))) {
            assertThatThrownBy(call).isInstanceOf(BadSourceReply.class).hasMessageNotContaining("1010");
        }

        assertThat(rig.metrics.meter("whoop.forbidden").getCount()).isEqualTo(4);
        assertThat(rig.forbidden.last().orElseThrow().body()).isEqualTo(kind);
        assertThat(rig.forbidden.isRecent()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 401, 404})
    void theEdgeIsNotTheApi(int status) {
        stub.answers(new Answer(status, "text/html; charset=UTF-8", "<html>".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> api.cycle(ANNA, 1, soon())).isInstanceOf(BadSourceReply.class);
        assertThatThrownBy(() -> api.cycles(ANNA, WINDOW, null, soon())).isInstanceOf(BadSourceReply.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 204})
    void anUndocumentedStatusOfAPageIsABadReply(int status) {
        stub.answers(Answer.empty(status));

        assertThatThrownBy(() -> api.cycles(ANNA, WINDOW, null, soon()))
                .isInstanceOf(BadSourceReply.class)
                .hasMessageContaining(status + " for WHOOP_CYCLE");
    }

    @Test
    void aSpentQuotaIsPassedOn() {
        stub.answers(Answer.empty(429));

        assertThatThrownBy(() -> api.sleep(ANNA, SLEEP_ID, soon())).isInstanceOf(SourceThrottled.class);
    }

    @Test
    void healthValuesAndPersonalDataStayOutOfLogs() {
        stub.answers(Answer.sample("page-sleeps-more.json"));
        String sleeps = api.sleeps(ANNA, WINDOW, null, soon()).toString();
        stub.answers(Answer.sample("page-workouts-more.json"));
        String workouts = api.workouts(ANNA, WINDOW, null, soon()).toString();
        stub.answers(Answer.sample("profile.json"));
        String profile = api.profile(ANNA, soon()).toString();

        assertThat(sleeps + workouts + profile)
                .contains(SLEEP_ID.toString())
                .doesNotContain("30272735", "16.11", "8.24", "running", "Member", "example.invalid");
    }

    @Test
    void aWindowHasAStartBeforeItsEnd() {
        Instant now = Instant.parse("2026-11-20T10:00:00Z");

        assertThatThrownBy(() -> new Window(now, now)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String text(String sample) {
        return new String(WhoopStub.sampleBytes(sample), StandardCharsets.UTF_8).strip();
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(30));
    }
}
