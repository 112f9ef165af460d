package io.holisticos.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.app.ScriptedServer.Asked;
import io.holisticos.app.ScriptedServer.Reply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * WHOOP as a test wants it. Untold, everybody consents as {@link #consentsAs}, tokens always work, and nobody has a
 * record; {@link #server} takes any other answer to any call.
 */
final class ScriptedWhoop implements AutoCloseable {

    static final String AUTHORIZE = "/oauth/oauth2/auth";
    static final String TOKEN = "/oauth/oauth2/token";
    static final String PROFILE = "/developer/v2/user/profile/basic";
    static final String BODY = "/developer/v2/user/measurement/body";
    static final String ACCESS = "/developer/v2/user/access";
    static final String CYCLES = "/developer/v2/cycle";
    static final String RECOVERIES = "/developer/v2/recovery";
    static final String SLEEPS = "/developer/v2/activity/sleep";
    static final String WORKOUTS = "/developer/v2/activity/workout";
    static final List<String> LISTS = List.of(CYCLES, RECOVERIES, SLEEPS, WORKOUTS);

    private static final long ANYBODY = 4711;

    private final ScriptedServer server = new ScriptedServer();
    private final AtomicLong consenting = new AtomicLong(ANYBODY);
    private final AtomicLong issued = new AtomicLong();
    private final Queue<Reply> forCodes = new ConcurrentLinkedQueue<>();
    private final Map<String, Reply> ofCodes = new ConcurrentHashMap<>();

    ScriptedWhoop() {
        server.on(AUTHORIZE, this::consent);
        server.on(TOKEN, this::tokens);
        tellsWhoMembersAre();
        server.on(BODY, Reply.json("{\"height_meter\":1.83,\"weight_kilogram\":90.7,\"max_heart_rate\":200}"));
        server.on(ACCESS, Reply.status(204));
        LISTS.forEach(list -> {
            server.on(list, page(null));
            server.on(list + "/", Reply.status(404));
        });
    }

    /** Everybody has the profile of the account that their token is of. */
    void tellsWhoMembersAre() {
        server.on(PROFILE, asked -> Reply.json(profile(memberOf(asked)).toString()));
    }

    /** What the next exchange of a code is answered; refreshes of other members meanwhile do not use it up. */
    void answerNextCode(Reply reply) {
        forCodes.add(reply);
    }

    /** What every exchange of exactly this code is answered, from now on. */
    void answerCode(String code, Reply reply) {
        ofCodes.put(code, reply);
    }

    /** How many exchanges of a code were asked for so far. */
    long codesAsked() {
        return server.asked(TOKEN).stream().filter(ScriptedWhoop::bringsCode).count();
    }

    ScriptedServer server() {
        return server;
    }

    /** Which WHOOP account the next member allows access to. */
    void consentsAs(long whoopUserId) {
        consenting.set(whoopUserId);
    }

    /** The list's only page, from now on. */
    void has(String list, JsonNode... records) {
        server.on(list, page(null, records));
    }

    /** The account that a call's access token stands for. */
    static long memberOf(Asked asked) {
        String[] parts = asked.header("Authorization").split("-");
        return parts.length == 3 ? Long.parseLong(parts[1]) : ANYBODY;
    }

    static Reply page(String nextToken, JsonNode... records) {
        String body = Arrays.stream(records).map(JsonNode::toString).collect(Collectors.joining(",", "[", "]"));
        return page(nextToken, body);
    }

    /** A page of records that no JSON library would write. */
    static Reply page(String nextToken, String records) {
        JsonNode token = JsonNodeFactory.instance.textNode(nextToken);
        return Reply.json("{\"records\":" + records + ",\"next_token\":" + token + "}");
    }

    static ObjectNode profile(long whoopUserId) {
        return object().put("user_id", whoopUserId)
                .put("email", "member" + whoopUserId + "@example.invalid")
                .put("first_name", "Test")
                .put("last_name", "Member");
    }

    /** Scored; 24 hours from its start. */
    static ObjectNode cycle(long id, Instant start) {
        ObjectNode cycle = record(start, start.plusSeconds(86_400)).put("id", id);
        cycle.putObject("score")
                .put("strain", 5.2951527)
                .put("kilojoule", 8288.297)
                .put("average_heart_rate", 68)
                .put("max_heart_rate", 141);
        return cycle.put("step_count", 8234);
    }

    /** Scored; 8 hours from its start. */
    static ObjectNode sleep(UUID id, long cycleId, Instant start) {
        ObjectNode sleep = record(start, start.plusSeconds(28_800))
                .put("id", id.toString())
                .put("cycle_id", cycleId)
                .put("nap", false);
        ObjectNode score = sleep.putObject("score");
        score.putObject("stage_summary")
                .put("total_in_bed_time_milli", 28_800_000)
                .put("total_awake_time_milli", 1_403_507)
                .put("total_no_data_time_milli", 0)
                .put("total_light_sleep_time_milli", 14_905_851)
                .put("total_slow_wave_sleep_time_milli", 6_630_370)
                .put("total_rem_sleep_time_milli", 5_860_272)
                .put("sleep_cycle_count", 3)
                .put("disturbance_count", 12);
        score.putObject("sleep_needed")
                .put("baseline_milli", 27_395_716)
                .put("need_from_sleep_debt_milli", 352_230)
                .put("need_from_recent_strain_milli", 208_595)
                .put("need_from_recent_nap_milli", -12_312);
        score.put("respiratory_rate", 16.11328125)
                .put("sleep_performance_percentage", 98.0)
                .put("sleep_consistency_percentage", 90.0)
                .put("sleep_efficiency_percentage", 91.69533848);
        return sleep;
    }

    /** Scored. */
    static ObjectNode recovery(long cycleId, UUID sleepId, Instant createdAt) {
        ObjectNode recovery = object().put("cycle_id", cycleId)
                .put("sleep_id", sleepId.toString())
                .put("user_id", ANYBODY)
                .put("created_at", createdAt.toString())
                .put("updated_at", createdAt.toString())
                .put("score_state", "SCORED");
        recovery.putObject("score")
                .put("user_calibrating", false)
                .put("recovery_score", 44.0)
                .put("resting_heart_rate", 64.0)
                .put("hrv_rmssd_milli", 31.813562)
                .put("spo2_percentage", 95.6875)
                .put("skin_temp_celsius", 33.7);
        return recovery;
    }

    /** Scored; an hour from its start. */
    static ObjectNode workout(UUID id, Instant start) {
        ObjectNode workout =
                record(start, start.plusSeconds(3_600)).put("id", id.toString()).put("sport_name", "running");
        ObjectNode score = workout.putObject("score")
                .put("strain", 8.2463)
                .put("average_heart_rate", 123)
                .put("max_heart_rate", 146)
                .put("kilojoule", 1569.34033203125)
                .put("percent_recorded", 100.0)
                .put("distance_meter", 1772.77035916)
                .put("altitude_gain_meter", 46.64384460449)
                .put("altitude_change_meter", -0.781372010707855);
        score.putObject("zone_durations")
                .put("zone_zero_milli", 300_000)
                .put("zone_one_milli", 600_000)
                .put("zone_two_milli", 900_000)
                .put("zone_three_milli", 900_000)
                .put("zone_four_milli", 600_000)
                .put("zone_five_milli", 300_000);
        return workout;
    }

    private static ObjectNode record(Instant start, Instant end) {
        return object().put("user_id", ANYBODY)
                .put("created_at", end.toString())
                .put("updated_at", end.toString())
                .put("start", start.toString())
                .put("end", end.toString())
                .put("timezone_offset", "+01:00")
                .put("score_state", "SCORED");
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** The member presses "allow" at once. */
    private Reply consent(Asked asked) {
        String back =
                asked.parameter("redirect_uri") + "?code=code-" + consenting.get() + "-" + issued.incrementAndGet()
                        + "&state=" + URLEncoder.encode(asked.parameter("state"), StandardCharsets.UTF_8);
        return Reply.status(302).with("Location", back);
    }

    /** Codes and refresh tokens name their account, and so do the tokens they are exchanged for. */
    private Reply tokens(Asked asked) {
        Reply known = ofCodes.get(asked.parameter("code"));
        Reply once = known == null && bringsCode(asked) ? forCodes.poll() : known;
        return once == null ? issuedTokens(asked) : once;
    }

    private static boolean bringsCode(Asked asked) {
        return asked.parameter("grant_type").equals("authorization_code");
    }

    private Reply issuedTokens(Asked asked) {
        String[] parts = (asked.parameter("code") + asked.parameter("refresh_token")).split("-");
        String account = parts.length == 3 ? parts[1] : Long.toString(ANYBODY);
        String suffix = "-" + account + "-" + issued.incrementAndGet();
        return Reply.json(object().put("access_token", "access" + suffix)
                .put("expires_in", 3600)
                .put("refresh_token", "refresh" + suffix)
                .put(
                        "scope",
                        "offline read:recovery read:cycles read:workout read:sleep read:profile read:body_measurement")
                .put("token_type", "bearer")
                .toString());
    }

    @Override
    public void close() {
        server.close();
    }
}
