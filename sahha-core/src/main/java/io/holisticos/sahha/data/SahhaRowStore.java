package io.holisticos.sahha.data;

import static io.holisticos.sahha.data.SahhaDatabase.utc;

import io.holisticos.health.DayRange;
import io.holisticos.health.Period;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import io.holisticos.sahha.api.SahhaRecord;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.result.RowView;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tables {@code scores}, {@code biomarkers} and {@code archetypes}, and {@code sahha_history} with the versions of their
 * rows that were replaced. The first three may be ours or those of the former service, which then goes on reading and
 * writing them ({@code docs/existing-paths.md}), so no statement here relies on a key of theirs.
 */
public final class SahhaRowStore {

    private static final Logger log = LoggerFactory.getLogger(SahhaRowStore.class);

    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String DEADLOCK = "40P01";

    private static final String LAST_SEEN = statement("last-seen");

    /** The first lines of every reading. */
    private static final String STANDING = statement("standing").formatted(LAST_SEEN) + "\n";

    private static final String BETWEEN = "between :from and :to";

    /** The day that a caller of the existing paths means: named, or so many days ago where the member is. */
    private static final String OF_PERIOD = """
            = coalesce(cast(:named as date), cast(cast(:now as timestamptz) at time zone 'UTC' + make_interval(secs => coalesce(
                (select utc_offset_seconds from seen),
                (select device_utc_offset_seconds from sahha_phone_offset where profile_id = :who), 0)) as date)
                - cast(:daysAgo as integer))""";

    /** A number of a thousand digits, which PostgreSQL accepts and Jackson does not, takes 500 bytes: Jackson looks at such rows. */
    private static final String UNSHOWN = """
            case when pg_column_size(data) > 500 or pg_column_compression(data) is not null then cast(data as text) end,
            null, null""".replace("\n", " ");

    private static final String SHOWN = "cast(data as text), created_at, updated_at";

    private static final String OF_DAYS = STANDING
            + statement("scores-of-days").formatted(BETWEEN) + "\n"
            + statement("biomarkers-of-days").formatted(BETWEEN, UNSHOWN) + "\n"
            + statement("logs-of-days");
    private static final String SCORES_OF_PERIOD =
            "\n" + statement("scores-of-days").formatted(OF_PERIOD);
    private static final String BIOMARKERS_OF_PERIOD =
            "\n" + statement("biomarkers-of-days").formatted(OF_PERIOD, SHOWN);

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

    /**
     * Rows of the former service may lack columns that callers need, and without a key there may be several rows of one
     * identity. Callers get complete rows only, and the newest of each identity.
     */
    private static final String STARTING_IN = STANDING + statement("rows-starting-in");

    private static final String SCORES_STARTING_IN =
            STARTING_IN.formatted(SCORE_ROWS, "name,", "and value not in ('NaN', 'Infinity', '-Infinity')");
    private static final String BIOMARKERS_STARTING_IN =
            STARTING_IN.formatted(BIOMARKER_ROWS, "name,", "and category is not null");
    private static final String ARCHETYPES_STARTING_IN = STARTING_IN.formatted(
            ARCHETYPE_ROWS, "name, periodicity,", "and periodicity is not null and value is not null");

    private static final String INSERT_SCORE = statement("insert-score");
    private static final String INSERT_BIOMARKER = statement("insert-biomarker");
    private static final String INSERT_ARCHETYPE = statement("insert-archetype");

    private static final String OUR_COLUMNS = """
            data = cast(:data as jsonb), updated_at = :now, day = :day, utc_offset_seconds = :offset,
            source_created_at = :created, fetch_begun_at = :begun, recorded_at = :now where id = :id""";
    private static final String UPDATE_SCORE =
            "update scores set score = cast(:value as numeric), state = :state, " + OUR_COLUMNS;
    private static final String UPDATE_BIOMARKER = "update biomarkers set category = :category, " + OUR_COLUMNS;
    private static final String UPDATE_ARCHETYPE = "update archetypes set value = :value, " + OUR_COLUMNS;

    /**
     * Lets one process at a time save a kind of a member, and tells the triggers on the former service's tables that the
     * rows are ours. The lock timeout is shorter than PostgreSQL's deadlock_timeout of a second, so that a deadlock never
     * ends a transaction of the former service.
     */
    private static final String BEGIN_SAVE = """
            select pg_advisory_xact_lock(hashtextextended(:key, 0)), set_config('sahha.writer', 'unified-health', true),
                   set_config('lock_timeout', '300ms', true)""";

    /** How often a save is tried when the former service changes the same rows meanwhile. */
    private static final int SAVE_TRIES = 5;

    private static final String SAVE_HISTORY = statement("save-history");
    private static final String HAS_ROWS = statement("has-rows");

    /** Each kind has the table of its own name. */
    private static final String HAS_ROWS_ON =
            "select exists (select 1 from %s where profile_id = :who and day between :from and :to)";

    private final SahhaDatabase database;
    private final RefreshMarkStore marks;
    private final RowMapper<SahhaRow> rowMapper;

    SahhaRowStore(SahhaDatabase database, RefreshMarkStore marks) {
        this.database = database;
        this.marks = marks;
        this.rowMapper = new SahhaRowMapper(database::json);
    }

    /**
     * Makes the partitions of the history for this month and the next ones.
     *
     * @throws JdbiException when the database fails
     */
    public void makePartitions(Instant now) {
        database.partitions("sahha_history", "replaced_at").extend(now);
    }

    /** What is held of these days. Of the JSON of rows only the unit is kept. */
    public Held of(UserId who, DayRange days, Instant now) {
        return held(who, now, OF_DAYS, query -> query.bind("from", days.from()).bind("to", days.to()));
    }

    /**
     * What is held of a day, without logs. Biomarkers have all of their columns and JSON.
     *
     * @param kinds scores, biomarkers, or both
     */
    public Held of(UserId who, Period period, Set<SahhaKind> kinds, Instant now) {
        String statement = STANDING
                + (kinds.contains(SahhaKind.SCORES) ? SCORES_OF_PERIOD : "")
                + (kinds.contains(SahhaKind.BIOMARKERS) ? BIOMARKERS_OF_PERIOD : "");
        return held(
                who, now, statement, query -> query.bind("named", period.date()).bind("daysAgo", period.daysAgo()));
    }

    /**
     * The member's complete rows of a kind that start on these days, newest first, as {@link Held#biomarkers}, whatever the kind.
     *
     * @param from null for no bound
     * @param to null for no bound
     */
    public Held startingIn(
            SahhaKind kind, UserId who, @Nullable LocalDate from, @Nullable LocalDate to, int limit, Instant now) {
        String statement = switch (kind) {
            case SCORES -> SCORES_STARTING_IN;
            case BIOMARKERS -> BIOMARKERS_STARTING_IN;
            case ARCHETYPES -> ARCHETYPES_STARTING_IN;
        };
        return held(
                who,
                now,
                statement,
                query -> query.bind("from", from).bind("to", to).bind("limit", limit));
    }

    private Held held(UserId who, Instant now, String statement, UnaryOperator<Query> bound) {
        return database.with(handle -> bound.apply(
                        handle.createQuery(statement).bind("who", who.value()).bind("now", utc(now)))
                .scanResultSet((result, context) -> HeldLines.read(who, now, result.get(), context, database::json)));
    }

    /** Whether there is any row of the member. */
    public boolean hasRows(UserId who) {
        return database.with(handle -> hasRows(handle, who));
    }

    /** The same, within a transaction. */
    boolean hasRows(Handle transaction, UserId who) {
        return transaction
                .createQuery(HAS_ROWS)
                .bind("who", who.value())
                .mapTo(Boolean.class)
                .one();
    }

    /** Whether there is a row of this kind on one of these days. */
    public boolean hasRowsOn(SahhaKind kind, UserId who, LocalDate from, LocalDate to) {
        return database.with(handle -> handle.createQuery(HAS_ROWS_ON.formatted(kind.key()))
                .bind("who", who.value())
                .bind("from", from)
                .bind("to", to)
                .mapTo(Boolean.class)
                .one());
    }

    /** When and where the member was last seen; empty when there is no record. A schema without revisions does. */
    public Optional<LastSeen> lastSeen(UserId who, Instant now) {
        return database.with(handle -> handle.createQuery(LAST_SEEN)
                .bind("who", who.value())
                .bind("now", utc(now))
                .map(row -> lastSeen(row, row.getColumn("at", Instant.class)))
                .findOne());
    }

    private static LastSeen lastSeen(RowView row, Instant at) {
        return new LastSeen(at, row.getColumn("utc_offset_seconds", ZoneOffset.class));
    }

    /**
     * Saves the records of one fetch, by Sahha's identities, and when the fetch began.
     *
     * @param span the name of the days that were fetched
     * @param begun when the fetch began: of two fetches that differ, the later one is right
     */
    public RowChanges save(
            SahhaKind kind, UserId who, String span, List<SahhaRecord> fetched, Instant begun, Instant now) {
        return database.changing(who, handle -> {
            for (int attempt = 1; ; attempt++) {
                try {
                    return handle.inTransaction(transaction -> {
                        RowChanges changes = saveOnce(transaction, kind, who, fetched, begun, now);
                        marks.save(transaction, who, kind, span, begun);
                        return changes;
                    });
                } catch (ChangedMeanwhile changed) {
                    if (attempt == SAVE_TRIES) {
                        log.warn("event=sahha_save_overtaken kind={} tries={}", kind.key(), attempt);
                        throw changed;
                    }
                } catch (JdbiException e) { // of a statement, or of the commit, which waits for the member's revision
                    if (attempt == SAVE_TRIES || !isLocked(e)) {
                        throw e;
                    }
                }
            }
        });
    }

    private RowChanges saveOnce(
            Handle transaction, SahhaKind kind, UserId who, List<SahhaRecord> fetched, Instant begun, Instant now) {
        transaction
                .createQuery(BEGIN_SAVE)
                .bind("key", kind.key() + "/" + who.value())
                .map((row, context) -> 0)
                .list();
        RowChanges changes = RowChanges.of(kind, who, rowsBeside(transaction, kind, who, fetched), fetched, begun);
        saveHistory(transaction, kind, changes.replaced(), now);
        saveChanges(transaction, kind, who, changes.changes(), begun, now);
        return changes;
    }

    private static boolean isLocked(JdbiException e) {
        return e.getCause() instanceof SQLException cause
                && (LOCK_NOT_AVAILABLE.equals(cause.getSQLState()) || DEADLOCK.equals(cause.getSQLState()));
    }

    /** The former service inserted or deleted a row between our reading and our writing. */
    private static final class ChangedMeanwhile extends JdbiException {
        private static final long serialVersionUID = 1L;

        ChangedMeanwhile() {
            super("rows changed while they were saved");
        }
    }

    private List<SahhaRow> rowsBeside(Handle handle, SahhaKind kind, UserId who, List<SahhaRecord> fetched) {
        if (fetched.isEmpty()) {
            return List.of();
        }
        Instant first =
                fetched.stream().map(SahhaRecord::start).min(Instant::compareTo).orElseThrow();
        Instant last =
                fetched.stream().map(SahhaRecord::start).max(Instant::compareTo).orElseThrow();
        String start = kind == SahhaKind.SCORES ? "score_date_time" : "start_date_time";
        return handle.createQuery(rowsOf(kind) + " and " + start
                        + " between :first and :last order by updated_at desc nulls last, id")
                .bind("who", who.value())
                .bind("first", utc(first))
                .bind("last", utc(last))
                .map(rowMapper)
                .list();
    }

    private void saveHistory(Handle handle, SahhaKind kind, List<SahhaRow> replaced, Instant now) {
        if (replaced.isEmpty()) {
            return;
        }
        PreparedBatch batch = handle.prepareBatch(SAVE_HISTORY);
        for (SahhaRow row : replaced) {
            batch.bind("kind", kind.key())
                    .bind("id", row.id())
                    .bind("who", row.profileId())
                    .bind("value", row.value())
                    .bind("state", row.state())
                    .bind("data", row.data() == null ? null : database.write(row.data()))
                    .bind("recorded", utc(row.recordedAt()))
                    .bind("now", utc(now))
                    .add();
        }
        batch.execute();
    }

    private void saveChanges(
            Handle handle,
            SahhaKind kind,
            UserId who,
            Collection<RowChanges.Change> changes,
            Instant begun,
            Instant now) {
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
        saveEach(handle, update, who, changes.stream().filter(RowChanges.Change::replacesRow), begun, now);
        saveEach(handle, insert, who, changes.stream().filter(change -> !change.replacesRow()), begun, now);
    }

    private void saveEach(
            Handle handle,
            String statement,
            UserId who,
            Stream<RowChanges.Change> changes,
            Instant begun,
            Instant now) {
        PreparedBatch batch = handle.prepareBatch(statement);
        changes.forEach(change -> {
            SahhaRecord saved = change.to();
            ZoneOffset offset = saved.offset();
            batch.bindBySqlType("id", change.id(), Types.OTHER) // uuid in the former service's tables, text in ours
                    .bind("who", who.value())
                    .bind("name", saved.name())
                    .bind("category", saved.category())
                    .bind("periodicity", saved.periodicity())
                    .bind("value", saved.value())
                    .bind("state", saved.state())
                    .bind("data", database.write(saved.data()))
                    .bind("start", utc(saved.start()))
                    .bind("end", utc(change.end()))
                    .bind("day", saved.day())
                    .bind("offset", offset == null ? null : offset.getTotalSeconds())
                    .bind("created", utc(saved.createdAt()))
                    .bind("begun", utc(begun))
                    .bind("now", utc(now))
                    .add();
        });
        if (batch.size() > 0 && IntStream.of(batch.execute()).anyMatch(saved -> saved == 0)) {
            throw new ChangedMeanwhile();
        }
    }

    private static String statement(String name) {
        return ClasspathSqlLocator.removingComments()
                .locate("io.holisticos.sahha.data." + name)
                .strip();
    }

    private static String rowsOf(SahhaKind kind) {
        return switch (kind) {
            case SCORES -> SCORE_ROWS;
            case BIOMARKERS -> BIOMARKER_ROWS;
            case ARCHETYPES -> ARCHETYPE_ROWS;
        };
    }
}
