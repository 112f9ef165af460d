package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.health.DayRange;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.Observation;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.WhoopApi;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.WhoopStore.Purpose;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is held of a member: one query for any range of days. Never calls WHOOP. Every method throws {@link
 * SourceUnavailable} when the database does not answer. Thread-safe.
 */
public final class WhoopDayStore {

    /**
     * Read around each day, whatever range it is asked for in. A day of the person begins and ends up to 18 h off UTC's
     * ({@link ZoneOffset#MAX}), and a cycle nobody slept in begins 12 h before its day: 30 h.
     */
    private static final int MARGIN_DAYS = 2;

    private static final Logger log = LoggerFactory.getLogger(WhoopDayStore.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    /**
     * Which day a record belongs to is told by records that may lie anywhere, so what the window names is read wholly:
     * {@code named} are the cycles that could be of these days, by their start or by a sleep of theirs; {@code trained}
     * the workouts of these days and those within the reach of such a cycle; {@code known} also the cycles that could
     * have those workouts instead. Nothing else can change one of these days. Both joins look beyond the window's edges
     * only, and the second asks the index once for each workout, whatever the planner expects of it.
     */
    private static final String HELD = """
            with named as (
                select id from whoop_cycle
                where user_id = :who and deleted_at is null and start_at >= :since and start_at < :until
                union
                select cycle_id from whoop_sleep
                where user_id = :who and deleted_at is null and end_at >= :since and end_at < :until
            ), trained as (
                select id, start_at from whoop_workout
                where user_id = :who and deleted_at is null and start_at >= :since and start_at < :until
                union
                select workout.id, workout.start_at
                from named
                join whoop_cycle cycle on cycle.user_id = :who and cycle.id = named.id
                join whoop_workout workout on workout.user_id = :who and workout.deleted_at is null
                    and workout.start_at >= cycle.start_at
                    and workout.start_at <= cycle.start_at + cast(:reach as interval)
                where cycle.deleted_at is null
                  and (cycle.start_at < :since or cycle.start_at + cast(:reach as interval) >= :until)
            ), known as (
                select id from named
                union
                select begun.id
                from trained
                cross join lateral (
                    select id from whoop_cycle
                    where user_id = :who and deleted_at is null
                      and start_at <= trained.start_at
                      and start_at >= trained.start_at - cast(:reach as interval)
                    offset 0
                ) begun
                where trained.start_at - cast(:reach as interval) < :since or trained.start_at >= :until
            ), newest as (
                (select start_at as at, timezone_offset from whoop_cycle
                 where user_id = :who and deleted_at is null and start_at <= :now order by start_at desc limit 1)
                union all
                (select end_at, timezone_offset from whoop_sleep
                 where user_id = :who and deleted_at is null and end_at <= :now order by end_at desc limit 1)
                union all
                (select least(end_at, :now), timezone_offset from whoop_workout
                 where user_id = :who and deleted_at is null and start_at <= :now order by start_at desc limit 1)
            )
            select 'cycle', cast(row_to_json(cycle) as text) from whoop_cycle cycle
            where user_id = :who and deleted_at is null and id in (select id from known)
            union all
            select 'sleep', cast(row_to_json(sleep) as text) from whoop_sleep sleep
            where user_id = :who and deleted_at is null and cycle_id in (select id from known)
            union all
            select 'recovery', cast(row_to_json(recovery) as text) from whoop_recovery recovery
            where user_id = :who and deleted_at is null and cycle_id in (select id from known)
            union all
            select 'workout', cast(row_to_json(workout) as text) from whoop_workout workout
            where user_id = :who and deleted_at is null and id in (select id from trained)
            union all
            select 'newest', cast(row_to_json(newest) as text) from newest""";

    private static final String SINGLE =
            "select cast(row_to_json(held) as text) from {table} held where user_id = :who";
    private static final String PROFILE = """
            select whoop_user_id, email_sealed, first_name_sealed, last_name_sealed
            from whoop_profile where user_id = :who""";
    private static final String ANYTHING = """
            select exists (select from whoop_profile where user_id = :who)
                or exists (select from whoop_cycle where user_id = :who)
                or exists (select from whoop_sleep where user_id = :who)
                or exists (select from whoop_workout where user_id = :who)""";

    private final Jdbi jdbi;
    private final Vault vault;

    public WhoopDayStore(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.vault = vault;
    }

    /**
     * Every record of these days, and those that decide that others are not: {@link WhoopDays#of(Held, DayRange)} says
     * which are.
     *
     * @param now what would be later than that was not observed yet, whatever a record says
     */
    public Held read(UserId who, DayRange days, Instant now, Deadline deadline) {
        return answered(handle -> {
            Rows rows = new Rows();
            limited(handle.createQuery(HELD), deadline)
                    .bind("who", who.value())
                    .bind("since", startOf(days.from().minusDays(MARGIN_DAYS)))
                    .bind("until", startOf(days.to().plusDays(1 + MARGIN_DAYS)))
                    .bind("reach", WhoopDays.REACH.toString())
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .map((row, context) -> rows.add(row.getString(1), Json.parse(row.getString(2))))
                    .list();
            return rows.held();
        });
    }

    /** Empty until the first sync has read it. */
    public Optional<Profile> findProfile(UserId who) {
        return answered(handle -> handle.createQuery(PROFILE)
                .bind("who", who.value())
                .map((row, context) -> new Profile(
                        row.getLong("whoop_user_id"),
                        opened(who, Purpose.EMAIL, row.getBytes("email_sealed")),
                        opened(who, Purpose.FIRST_NAME, row.getBytes("first_name_sealed")),
                        opened(who, Purpose.LAST_NAME, row.getBytes("last_name_sealed"))))
                .findOne());
    }

    /** What does not open is our fault, and for now not there. */
    private String opened(UserId who, String purpose, byte[] sealed) {
        try {
            return vault.openText(who, purpose, sealed);
        } catch (Vault.Unreadable e) {
            log.error("event=profile_unreadable provider=whoop member={} purpose={}", vault.inLogs(who), purpose);
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    /** Empty when WHOOP has none of this member. */
    public Optional<BodyMeasurement> findBodyMeasurement(UserId who) {
        RecordKind<BodyMeasurement> kind = RecordKind.BODY_MEASUREMENT;
        return answered(handle -> handle.createQuery(SINGLE.replace("{table}", kind.table()))
                .bind("who", who.value())
                .mapTo(String.class)
                .findOne()
                .map(row -> kind.fromRow(Json.parse(row))));
    }

    /** Whether anything was ever held of this member. */
    public boolean holdsAnythingOf(UserId who, Deadline deadline) {
        return answered(handle -> limited(handle.createQuery(ANYTHING), deadline)
                .bind("who", who.value())
                .mapTo(Boolean.class)
                .one());
    }

    private <T> T answered(Function<Handle, T> reading) {
        try {
            return jdbi.withHandle(reading::apply);
        } catch (JdbiException e) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER, e);
        }
    }

    private static Query limited(Query query, Deadline deadline) {
        Duration remaining = deadline.remaining();
        if (remaining.isZero()) {
            throw new SourceUnavailable(WhoopApi.WHOOP, RETRY_AFTER);
        }
        return query.setQueryTimeout((int) remaining.plusMillis(999).toSeconds()); // JDBC counts whole seconds
    }

    private static OffsetDateTime startOf(LocalDate day) {
        return day.atStartOfDay().atOffset(ZoneOffset.UTC);
    }

    /** Sorts the rows of the one query by what they are. */
    private static final class Rows {

        private final List<Cycle> cycles = new ArrayList<>();
        private final List<Recovery> recoveries = new ArrayList<>();
        private final List<Sleep> sleeps = new ArrayList<>();
        private final List<Workout> workouts = new ArrayList<>();
        private final List<Observation> observations = new ArrayList<>();

        boolean add(String kind, JsonNode row) {
            return switch (kind) {
                case "cycle" -> cycles.add(RecordKind.CYCLE.fromRow(row));
                case "recovery" -> recoveries.add(RecordKind.RECOVERY.fromRow(row));
                case "sleep" -> sleeps.add(RecordKind.SLEEP.fromRow(row));
                case "workout" -> workouts.add(RecordKind.WORKOUT.fromRow(row));
                default -> observations.add(observationOf(row));
            };
        }

        Held held() {
            return new Held(
                    cycles,
                    recoveries,
                    sleeps,
                    workouts,
                    observations.stream()
                            .max(Comparator.comparing(Observation::at))
                            .orElse(null));
        }

        private static Observation observationOf(JsonNode row) {
            Instant at = OffsetDateTime.parse(row.path("at").asText()).toInstant();
            return new Observation(at, ZoneOffset.of(row.path("timezone_offset").asText()));
        }
    }
}
