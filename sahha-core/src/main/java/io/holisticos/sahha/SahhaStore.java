package io.holisticos.sahha;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.StatementException;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables {@code scores}, {@code biomarkers}, {@code archetypes} and what we keep beside them. The tables may be ours or
 * those of the former service, which then goes on reading and writing them ({@code docs/existing-paths.md}): no statement
 * here relies on a key of theirs. A database that is down is a {@link SourceUnavailable}.
 */
final class SahhaStore {

    private static final Logger log = LoggerFactory.getLogger(SahhaStore.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Times outside of these years are no one's: others may write infinity. */
    private static final int FIRST_YEAR = 1;

    private static final int LAST_YEAR = 9999;

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK = "40P01";

    private static final String SCORE_ROWS = """
            select id, profile_id, type as name, null as category, null as periodicity, score::text as value,
                   coalesce(state, data->>'state') as state, score_date_time as start_at, null::timestamptz as end_at,
                   utc_offset_seconds, day, source_created_at, fetch_begun_at, recorded_at, data::text as data, created_at,
                   updated_at
            from scores where profile_id = :who""";
    private static final String BIOMARKER_ROWS = """
            select id, profile_id, type as name, category, data->>'periodicity' as periodicity, data->>'value' as value,
                   null as state, start_date_time as start_at, end_date_time as end_at, utc_offset_seconds, day,
                   source_created_at, fetch_begun_at, recorded_at, data::text as data, created_at, updated_at
            from biomarkers where profile_id = :who""";
    private static final String ARCHETYPE_ROWS = """
            select id, profile_id, name, null as category, periodicity, value, null as state,
                   start_date_time as start_at, end_date_time as end_at, utc_offset_seconds, day, source_created_at,
                   fetch_begun_at, recorded_at, data::text as data, created_at, updated_at
            from archetypes where profile_id = :who""";

    private static final String OF_DAYS =
            " and day between :from and :to order by start_at desc, name, end_at desc, id";

    /**
     * Rows of others may lack what callers need, and there may be several of one identity where no key forbids it: callers
     * get whole rows only, and of each identity the newest.
     */
    private static final String STARTING_IN = """
            select * from (
                select distinct on (%2$s start_at, end_at) * from (%1$s and jsonb_typeof(data) = 'object'
                    and day between coalesce(cast(:from as date), date '0001-01-01')
                        and coalesce(cast(:to as date) + 400, date '9999-12-31')) held
                where name is not null and start_at between timestamptz '0001-01-02 00:00:00Z'
                      and timestamptz '9999-12-30 00:00:00Z' and created_at is not null and updated_at is not null %3$s
                  and (cast(:from as date) is null or (start_at at time zone 'UTC'
                      + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date >= :from)
                  and (cast(:to as date) is null or (start_at at time zone 'UTC'
                      + make_interval(secs => coalesce(utc_offset_seconds, 0)))::date <= :to)
                order by %2$s start_at, end_at, updated_at desc, created_at desc, id
            ) newest
            order by start_at desc, name, end_at desc, id limit :limit""";

    private static final String SCORES_STARTING_IN =
            STARTING_IN.formatted(SCORE_ROWS, "name,", "and value not in ('NaN', 'Infinity', '-Infinity')");
    private static final String BIOMARKERS_STARTING_IN =
            STARTING_IN.formatted(BIOMARKER_ROWS, "name,", "and category is not null");
    private static final String ARCHETYPES_STARTING_IN = STARTING_IN.formatted(
            ARCHETYPE_ROWS, "name, periodicity,", "and periodicity is not null and value is not null");

    private static final String INSERT_SCORE = """
            insert into scores (id, profile_id, type, score, state, data, score_date_time, created_at, updated_at, day,
                utc_offset_seconds, source_created_at, fetch_begun_at, recorded_at)
            values (:id, :who, :name, cast(:value as numeric), :state, cast(:data as jsonb), :start, :now, :now, :day,
                :offset, :created, :begun, :now)
            on conflict do nothing""";
    private static final String INSERT_BIOMARKER = """
            insert into biomarkers (id, profile_id, category, type, data, start_date_time, end_date_time, created_at,
                updated_at, day, utc_offset_seconds, source_created_at, fetch_begun_at, recorded_at)
            values (:id, :who, :category, :name, cast(:data as jsonb), :start, :end, :now, :now, :day, :offset, :created,
                :begun, :now)
            on conflict do nothing""";
    private static final String INSERT_ARCHETYPE = """
            insert into archetypes (id, profile_id, name, periodicity, value, data, start_date_time, end_date_time,
                created_at, updated_at, day, utc_offset_seconds, source_created_at, fetch_begun_at, recorded_at)
            values (:id, :who, :name, :periodicity, :value, cast(:data as jsonb), :start, :end, :now, :now, :day, :offset,
                :created, :begun, :now)
            on conflict do nothing""";

    private static final String OUR_COLUMNS = """
            data = cast(:data as jsonb), updated_at = :now, day = :day, utc_offset_seconds = :offset,
            source_created_at = :created, fetch_begun_at = :begun, recorded_at = :now where id = :id""";
    private static final String UPDATE_SCORE =
            "update scores set score = cast(:value as numeric), state = :state, " + OUR_COLUMNS;
    private static final String UPDATE_BIOMARKER = "update biomarkers set category = :category, " + OUR_COLUMNS;
    private static final String UPDATE_ARCHETYPE = "update archetypes set value = :value, " + OUR_COLUMNS;

    /**
     * One process at a time saves a kind of a member. What is saved is marked as ours for the triggers beside the former
     * service. A row that somebody else holds is not waited for until PostgreSQL's search for deadlocks could end the other
     * one: that begins after a second.
     */
    private static final String BEGIN_SAVE = """
            select pg_advisory_xact_lock(hashtextextended(:key, 0)), set_config('sahha.writer', 'unified-health', true),
                   set_config('lock_timeout', '300ms', true)""";

    /** So often a save begins anew when the former service was faster. */
    private static final int SAVE_TRIES = 5;

    private static final String SAVE_HISTORY = """
            insert into sahha_history (kind, row_id, profile_id, value, state, data, recorded_at, replaced_at)
            values (:kind, :id, :who, :value, :state, cast(:data as jsonb), :recorded, :now)
            on conflict (kind, row_id, replaced_at) do nothing""";

    private static final String HOLDS_ANYTHING = """
            select exists (select 1 from scores where profile_id = :who)
                or exists (select 1 from biomarkers where profile_id = :who)
                or exists (select 1 from archetypes where profile_id = :who)""";
    /** Sahha's createdAtUtc says best when a member was seen at an offset; biomarkers have none, their window stands in. */
    private static final String NEWEST = """
            select start_at, coalesce(source_created_at, start_at) as seen_at, utc_offset_seconds from (
                select score_date_time as start_at, source_created_at, utc_offset_seconds from scores
                where profile_id = :who and score_date_time <= :now and (:any or utc_offset_seconds is not null)
                union all
                select start_date_time, source_created_at, utc_offset_seconds from biomarkers
                where profile_id = :who and start_date_time <= :now and (:any or utc_offset_seconds is not null)
            ) records
            order by start_at desc, seen_at desc, utc_offset_seconds desc nulls last limit 1""";

    private static final String REFRESHED =
            "select kind, span, refreshed_at from sahha_refresh where profile_id = :who";
    private static final String SAVE_REFRESHED = """
            insert into sahha_refresh (profile_id, kind, span, refreshed_at) values (:who, :kind, :span, :at)
            on conflict (profile_id, kind, span) do update
            set refreshed_at = greatest(sahha_refresh.refreshed_at, excluded.refreshed_at)""";

    private static final String CHECK = """
            select known, checked_at, device_utc_offset_seconds, device_checked_at from sahha_profile_check
            where profile_id = :who""";
    private static final String SAVE_CHECK = """
            insert into sahha_profile_check (profile_id, known, checked_at) values (:who, :known, :now)
            on conflict (profile_id) do update set known = excluded.known, checked_at = excluded.checked_at""";
    private static final String SAVE_DEVICE = """
            insert into sahha_profile_check (profile_id, known, checked_at, device_utc_offset_seconds, device_checked_at)
            values (:who, true, :now, :offset, :now)
            on conflict (profile_id) do update set device_utc_offset_seconds = excluded.device_utc_offset_seconds,
                device_checked_at = excluded.device_checked_at""";

    private final Jdbi jdbi;
    private final ObjectMapper mapper;

    SahhaStore(Jdbi jdbi, ObjectMapper mapper) {
        this.jdbi = jdbi;
        this.mapper = mapper;
    }

    /** What is held of these days, newest first, however incomplete. */
    List<Row> rows(Kind kind, UserId who, LocalDate from, LocalDate to) {
        return in(handle -> handle.createQuery(rowsOf(kind) + OF_DAYS)
                .bind("who", who.value())
                .bind("from", from)
                .bind("to", to)
                .map((row, context) -> row(row))
                .list());
    }

    /**
     * Rows with everything callers need whose start lies on one of these days at the row's own offset, newest first.
     *
     * @param from null for no bound
     * @param to null for no bound
     */
    List<Row> rowsStartingIn(Kind kind, UserId who, @Nullable LocalDate from, @Nullable LocalDate to, int limit) {
        String starting = switch (kind) {
            case SCORES -> SCORES_STARTING_IN;
            case BIOMARKERS -> BIOMARKERS_STARTING_IN;
            case ARCHETYPES -> ARCHETYPES_STARTING_IN;
        };
        return in(handle -> handle.createQuery(starting)
                .bind("who", who.value())
                .bind("from", from)
                .bind("to", to)
                .bind("limit", limit)
                .map((row, context) -> row(row))
                .filter(Row::isReadable)
                .list());
    }

    boolean holdsAnything(UserId who) {
        return in(handle -> handle.createQuery(HOLDS_ANYTHING)
                .bind("who", who.value())
                .mapTo(Boolean.class)
                .one());
    }

    /**
     * When and at which offset the member was last seen.
     *
     * @param withOffset only records that say their offset; otherwise one without counts as UTC
     */
    Optional<Seen> newest(UserId who, Instant now, boolean withOffset) {
        return in(handle -> handle.createQuery(NEWEST)
                .bind("who", who.value())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .bind("any", !withOffset)
                .map((row, context) ->
                        new Seen(earlier(required(instant(row, "seen_at")), now), offset(row, "utc_offset_seconds")))
                .findOne());
    }

    /** When each span was last fetched. */
    Map<RefreshKey, Instant> refreshed(UserId who) {
        return in(handle -> {
            Map<RefreshKey, Instant> times = new HashMap<>();
            handle.createQuery(REFRESHED)
                    .bind("who", who.value())
                    .map((row, context) -> times.put(
                            new RefreshKey(row.getString("kind"), row.getString("span")),
                            required(instant(row, "refreshed_at"))))
                    .list();
            return times;
        });
    }

    /**
     * Saves what one fetch brought, by Sahha's identities, and that it was fetched.
     *
     * @param begun when the fetch began: of two that say otherwise, the later one is right
     */
    Merge.Outcome save(Kind kind, UserId who, String span, List<SahhaRecord> fetched, Instant begun, Instant now) {
        return in(handle -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    return handle.inTransaction(
                            transaction -> saveOnce(transaction, kind, who, span, fetched, begun, now));
                } catch (Overtaken overtaken) {
                    if (attempt == SAVE_TRIES) {
                        log.warn("event=sahha_save_overtaken kind={} tries={}", kind.word(), attempt);
                        throw overtaken;
                    }
                } catch (UnableToExecuteStatementException e) {
                    if (attempt == SAVE_TRIES || !isLocked(e)) {
                        throw e;
                    }
                }
            }
        });
    }

    private Merge.Outcome saveOnce(
            Handle transaction,
            Kind kind,
            UserId who,
            String span,
            List<SahhaRecord> fetched,
            Instant begun,
            Instant now) {
        transaction
                .createQuery(BEGIN_SAVE)
                .bind("key", kind.word() + "/" + who.value())
                .map((row, context) -> 0)
                .list();
        Merge.Outcome outcome = Merge.of(kind, who, heldBeside(transaction, kind, who, fetched), fetched, begun);
        saveHistory(transaction, kind, outcome.replaced(), now);
        saveChanges(transaction, kind, who, outcome.changes(), begun, now);
        transaction
                .createUpdate(SAVE_REFRESHED)
                .bind("who", who.value())
                .bind("kind", kind.word())
                .bind("span", span)
                .bind("at", begun.atOffset(ZoneOffset.UTC))
                .execute();
        return outcome;
    }

    private static boolean isLocked(JdbiException e) {
        return e.getCause() instanceof SQLException cause
                && (LOCK_NOT_AVAILABLE.equals(cause.getSQLState()) || DEADLOCK.equals(cause.getSQLState()));
    }

    /** The former service inserted or deleted a row between our reading and our writing. */
    private static final class Overtaken extends JdbiException {
        private static final long serialVersionUID = 1L;

        Overtaken() {
            super("rows changed while they were saved");
        }
    }

    /** What Sahha last said of this id. */
    Optional<ProfileCheck> profileCheck(UserId who) {
        return in(handle -> handle.createQuery(CHECK)
                .bind("who", who.value())
                .map((row, context) -> new ProfileCheck(
                        row.getBoolean("known"),
                        required(instant(row, "checked_at")),
                        offset(row, "device_utc_offset_seconds"),
                        instant(row, "device_checked_at")))
                .findOne());
    }

    void saveProfileCheck(UserId who, boolean known, Instant now) {
        in(handle -> handle.createUpdate(SAVE_CHECK)
                .bind("who", who.value())
                .bind("known", known)
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    void saveDevice(UserId who, @Nullable ZoneOffset offset, Instant now) {
        in(handle -> handle.createUpdate(SAVE_DEVICE)
                .bind("who", who.value())
                .bind("offset", offset == null ? null : offset.getTotalSeconds())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .execute());
    }

    private List<Row> heldBeside(Handle handle, Kind kind, UserId who, List<SahhaRecord> fetched) {
        if (fetched.isEmpty()) {
            return List.of();
        }
        Instant first =
                fetched.stream().map(SahhaRecord::start).min(Instant::compareTo).orElseThrow();
        Instant last =
                fetched.stream().map(SahhaRecord::start).max(Instant::compareTo).orElseThrow();
        String start = kind == Kind.SCORES ? "score_date_time" : "start_date_time";
        return handle.createQuery(rowsOf(kind) + " and " + start
                        + " between :first and :last order by updated_at desc nulls last, id")
                .bind("who", who.value())
                .bind("first", first.atOffset(ZoneOffset.UTC))
                .bind("last", last.atOffset(ZoneOffset.UTC))
                .map((row, context) -> row(row))
                .list();
    }

    private void saveHistory(Handle handle, Kind kind, List<Row> replaced, Instant now) {
        if (replaced.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(SAVE_HISTORY);
        for (Row row : replaced) {
            batch.bind("kind", kind.word())
                    .bind("id", row.id())
                    .bind("who", row.profileId())
                    .bind("value", row.value())
                    .bind("state", row.state())
                    .bind("data", row.data() == null ? null : write(row.data()))
                    .bind("recorded", atUtc(row.recordedAt()))
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .add();
        }
        batch.execute();
    }

    private void saveChanges(
            Handle handle, Kind kind, UserId who, Collection<Merge.Change> changes, Instant begun, Instant now) {
        String insert = switch (kind) {
            case SCORES -> INSERT_SCORE;
            case BIOMARKERS -> INSERT_BIOMARKER;
            case ARCHETYPES -> INSERT_ARCHETYPE;
        };
        String update = switch (kind) {
            case SCORES -> UPDATE_SCORE;
            case BIOMARKERS -> UPDATE_BIOMARKER;
            case ARCHETYPES -> UPDATE_ARCHETYPE;
        };
        saveEach(handle, update, who, changes.stream().filter(Merge.Change::replacesRow), begun, now);
        saveEach(handle, insert, who, changes.stream().filter(change -> !change.replacesRow()), begun, now);
    }

    private void saveEach(
            Handle handle, String statement, UserId who, Stream<Merge.Change> changes, Instant begun, Instant now) {
        PreparedBatch batch = handle.prepareBatch(statement);
        changes.forEach(change -> {
            SahhaRecord saved = change.to();
            ZoneOffset offset = saved.offset();
            batch.bindBySqlType("id", change.id(), Types.OTHER) // a uuid in the former service's tables, text in ours
                    .bind("who", who.value())
                    .bind("name", saved.name())
                    .bind("category", saved.category())
                    .bind("periodicity", saved.periodicity())
                    .bind("value", saved.value())
                    .bind("state", saved.state())
                    .bind("data", write(saved.data()))
                    .bind("start", saved.start().atOffset(ZoneOffset.UTC))
                    .bind("end", atUtc(change.end()))
                    .bind("day", saved.day())
                    .bind("offset", offset == null ? null : offset.getTotalSeconds())
                    .bind("created", atUtc(saved.createdAt()))
                    .bind("begun", begun.atOffset(ZoneOffset.UTC))
                    .bind("now", now.atOffset(ZoneOffset.UTC))
                    .add();
        });
        if (batch.size() > 0 && IntStream.of(batch.execute()).anyMatch(saved -> saved == 0)) {
            throw new Overtaken();
        }
    }

    private static String rowsOf(Kind kind) {
        return switch (kind) {
            case SCORES -> SCORE_ROWS;
            case BIOMARKERS -> BIOMARKER_ROWS;
            case ARCHETYPES -> ARCHETYPE_ROWS;
        };
    }

    private Row row(ResultSet row) throws SQLException {
        String data = row.getString("data");
        return new Row(
                row.getString("id"),
                row.getString("profile_id"),
                row.getString("name"),
                row.getString("category"),
                row.getString("periodicity"),
                row.getString("value"),
                row.getString("state"),
                instant(row, "start_at"),
                instant(row, "end_at"),
                offset(row, "utc_offset_seconds"),
                row.getObject("day", LocalDate.class),
                instant(row, "source_created_at"),
                instant(row, "fetch_begun_at"),
                instant(row, "recorded_at"),
                data == null ? null : read(data),
                instant(row, "created_at"),
                instant(row, "updated_at"));
    }

    /** Null for what PostgreSQL takes for JSON and we do not, such as a number of a thousand digits. */
    private @Nullable JsonNode read(String json) {
        try {
            return mapper.readTree(json);
        } catch (JsonProcessingException e) { // without its message, which quotes the row
            log.warn("event=sahha_row_unreadable cause=\"{}\"", WhatFailed.inWords(e));
            return null;
        }
    }

    private String write(JsonNode json) {
        try {
            return mapper.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    private <T> T in(Function<Handle, T> work) {
        try {
            return jdbi.withHandle(work::apply);
        } catch (JdbiException e) {
            if (e instanceof StatementException) { // the connection was there: look into it
                log.error("event=sahha_store_failed", e);
            }
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        }
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static @Nullable OffsetDateTime atUtc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null || time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR ? null : time.toInstant();
    }

    private static Instant required(@Nullable Instant instant) {
        if (instant == null) {
            throw new IllegalStateException("the column is not null");
        }
        return instant;
    }

    private static @Nullable ZoneOffset offset(ResultSet row, String column) throws SQLException {
        int seconds = row.getInt(column);
        return row.wasNull() ? null : ZoneOffset.ofTotalSeconds(seconds);
    }

    /** Names a span of a kind in {@code sahha_refresh}. */
    record RefreshKey(String kind, String span) {}

    /** @param offset null where the record does not say */
    record Seen(Instant at, @Nullable ZoneOffset offset) {}

    /** @param deviceOffset null when never asked, or when the phone never said */
    record ProfileCheck(
            boolean known,
            Instant checkedAt,
            @Nullable ZoneOffset deviceOffset,
            @Nullable Instant deviceCheckedAt) {}
}
