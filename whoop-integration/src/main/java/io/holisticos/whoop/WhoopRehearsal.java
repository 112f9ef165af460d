package io.holisticos.whoop;

import io.holisticos.health.UserId;
import io.holisticos.vitals.HotRoute;
import io.holisticos.web.WebhookSecrets;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.RecordReader;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.custody.PendingConnections;
import io.holisticos.whoop.data.RecordKind;
import io.holisticos.whoop.data.WhoopStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** A made-up member of WHOOP's with a few nights, and the events that WHOOP sends of them. */
final class WhoopRehearsal {

    private static final int NIGHTS = 4;

    /** WHOOP's own numbers are far below. */
    private static final long FIRST_NUMBER = 1L << 52;

    private final PendingConnections connections;
    private final WhoopStore records;
    private final RecordReader reader;
    private final WebhookSecrets secrets;
    private final Clock clock;

    WhoopRehearsal(
            PendingConnections connections,
            WhoopStore records,
            RecordReader reader,
            WebhookSecrets secrets,
            Clock clock) {
        this.connections = connections;
        this.records = records;
        this.reader = reader;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** Connects the member and saves their nights. Their consent has ended, so that no job would ever call WHOOP for them. */
    List<HotRoute> begin(UserId who) {
        long account = FIRST_NUMBER + new Random().nextInt(Integer.MAX_VALUE); // no two replicas wait for each other
        connections.rehearse(who, account);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        for (int night = 0; night < NIGHTS; night++) {
            save(who, new Night(account, FIRST_NUMBER + night, now.minus(Duration.ofDays(night))), now);
        }
        AtomicLong events = new AtomicLong();
        return List.of(new HotRoute("whoop_webhook", () -> event(account, events.incrementAndGet())));
    }

    private void save(UserId who, Night night, Instant now) {
        save(RecordKind.CYCLE, Cycle.class, who, night.cycleRecord(), now);
        save(RecordKind.SLEEP, Sleep.class, who, night.sleepRecord(), now);
        save(RecordKind.RECOVERY, Recovery.class, who, night.recoveryRecord(), now);
        save(RecordKind.WORKOUT, Workout.class, who, night.workoutRecord(), now);
    }

    private <T> void save(RecordKind<T> kind, Class<T> type, UserId who, String json, Instant now) {
        byte[] raw = json.getBytes(StandardCharsets.UTF_8);
        try {
            var unused = records.save(kind, who, List.of(new Fetched<>(reader.read(raw, type), raw)), now, now);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another event each time, since the same one is kept once; a sleep and its recovery come one after the other. */
    private HotRoute.Request event(long account, long number) {
        byte[] body = """
                {"user_id":%d,"id":"%s","type":"%s","trace_id":"%s"}""".formatted(
                        account,
                        new UUID(account, number / 2),
                        number % 2 == 0 ? "sleep.updated" : "recovery.updated",
                        UUID.randomUUID())
                .getBytes(StandardCharsets.UTF_8);
        String timestamp = Long.toString(clock.millis());
        String signature =
                secrets.sign(Base64.getEncoder()::encodeToString, timestamp.getBytes(StandardCharsets.UTF_8), body);
        return HotRoute.Request.webhook(
                "/webhooks/whoop",
                Map.of("X-WHOOP-Signature", signature, "X-WHOOP-Signature-Timestamp", timestamp),
                body);
    }

    /** One night and the day after it, as WHOOP writes records (developer site, read 2026-10). */
    private record Night(long account, long cycle, UUID sleep, Instant woke) {

        Night(long account, long cycle, Instant woke) {
            this(account, cycle, UUID.randomUUID(), woke);
        }

        String cycleRecord() {
            return """
                    {"id":%d,%s,"start":"%s","end":"%s","timezone_offset":"+00:00","score_state":"SCORED","score":{
                    "strain":5.2,"kilojoule":8288.2,"average_heart_rate":68,"max_heart_rate":141}}""".formatted(cycle, header(), woke.minus(Duration.ofHours(20)), woke);
        }

        String recoveryRecord() {
            return """
                    {"cycle_id":%d,"sleep_id":"%s",%s,"score_state":"SCORED","score":{"user_calibrating":false,
                    "recovery_score":51.0,"resting_heart_rate":61.0,"hrv_rmssd_milli":40.25,"spo2_percentage":95.6,
                    "skin_temp_celsius":33.7}}""".formatted(cycle, sleep, header());
        }

        String sleepRecord() {
            return """
                    {"id":"%s","cycle_id":%d,%s,"start":"%s","end":"%s","timezone_offset":"+00:00","nap":false,
                    "score_state":"SCORED","score":{"stage_summary":{"total_in_bed_time_milli":28800000,
                    "total_awake_time_milli":1403507,"total_no_data_time_milli":0,"total_light_sleep_time_milli":14905851,
                    "total_slow_wave_sleep_time_milli":6630370,"total_rem_sleep_time_milli":5860272,
                    "sleep_cycle_count":3,"disturbance_count":12},"sleep_needed":{"baseline_milli":27395716,
                    "need_from_sleep_debt_milli":352230,"need_from_recent_strain_milli":208595,
                    "need_from_recent_nap_milli":-12312},"respiratory_rate":16.1,"sleep_performance_percentage":98.0,
                    "sleep_consistency_percentage":90.0,"sleep_efficiency_percentage":91.7}}""".formatted(sleep, cycle, header(), woke.minus(Duration.ofHours(8)), woke);
        }

        String workoutRecord() {
            return """
                    {"id":"%s",%s,"start":"%s","end":"%s","timezone_offset":"+00:00","sport_name":"running",
                    "score_state":"SCORED","score":{"strain":8.2,"average_heart_rate":123,"max_heart_rate":146,
                    "kilojoule":1569.3,"percent_recorded":100.0,"distance_meter":1772.7,"altitude_gain_meter":46.6,
                    "altitude_change_meter":-0.7,"zone_durations":{"zone_zero_milli":300000,"zone_one_milli":600000,
                    "zone_two_milli":900000,"zone_three_milli":900000,"zone_four_milli":600000,
                    "zone_five_milli":300000}}}""".formatted(
                    UUID.randomUUID(), header(), woke.minus(Duration.ofHours(12)), woke.minus(Duration.ofHours(11)));
        }

        private String header() {
            return "\"user_id\":%d,\"created_at\":\"%s\",\"updated_at\":\"%s\"".formatted(account, woke, woke);
        }
    }
}
