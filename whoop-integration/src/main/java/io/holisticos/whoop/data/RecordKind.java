package io.holisticos.whoop.data;

import static io.holisticos.whoop.data.RecordColumn.Type.BIGINT;
import static io.holisticos.whoop.data.RecordColumn.Type.BOOLEAN;
import static io.holisticos.whoop.data.RecordColumn.Type.BYTEA;
import static io.holisticos.whoop.data.RecordColumn.Type.INTEGER;
import static io.holisticos.whoop.data.RecordColumn.Type.NUMERIC;
import static io.holisticos.whoop.data.RecordColumn.Type.TEXT;
import static io.holisticos.whoop.data.RecordColumn.Type.UUID;
import static io.holisticos.whoop.data.RecordColumn.at;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import io.holisticos.whoop.data.WhoopStore.Purpose;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of WHOOP record: which field is stored in which column, what names a record, and how WHOOP lists and deletes it. A
 * column has the field's own name, unless SQL or another id needs that name.
 *
 * @param <T> the record
 */
public final class RecordKind<T> {

    /** The column with WHOOP's number of the account that a record is of. */
    static final String ACCOUNT = "whoop_user_id";

    private static final String SCORE = "score";

    public static final RecordKind<Cycle> CYCLE = new RecordKind<>(
            "cycle",
            Cycle.class,
            RowRecords::cycle,
            new Key<>("id", "bigint", Cycle::id, Cycle::updatedAt),
            new Listing<>(Cycle::start, "id", "bigint", "id", MissingRule.BY_START, List.of("cycle")),
            RecordColumn.all(
                    at("", BIGINT, "id"),
                    RecordColumn.header(),
                    RecordColumn.span(),
                    at("", TEXT, "score_state"),
                    at("", INTEGER, "step_count"),
                    at(SCORE, NUMERIC, "strain", "kilojoule"),
                    at(SCORE, INTEGER, "average_heart_rate", "max_heart_rate")));

    public static final RecordKind<Recovery> RECOVERY = new RecordKind<>(
            "recovery",
            Recovery.class,
            RowRecords::recovery,
            new Key<>("cycle_id", "bigint", Recovery::cycleId, Recovery::updatedAt),
            new Listing<>( // it tells no time but its making, which comes after its sleep
                    Recovery::createdAt,
                    "sleep_id",
                    "uuid",
                    "cycle_id",
                    MissingRule.BY_SLEEP,
                    List.of("recovery", "sleep")),
            RecordColumn.all(
                    at("", BIGINT, "cycle_id"),
                    at("", UUID, "sleep_id"),
                    RecordColumn.header(),
                    at("", TEXT, "score_state"),
                    at(SCORE, BOOLEAN, "user_calibrating"),
                    at(
                            SCORE,
                            NUMERIC,
                            "recovery_score",
                            "resting_heart_rate",
                            "hrv_rmssd_milli",
                            "spo2_percentage",
                            "skin_temp_celsius")));

    public static final RecordKind<Sleep> SLEEP = new RecordKind<>(
            "sleep",
            Sleep.class,
            RowRecords::sleep,
            new Key<>("id", "uuid", Sleep::id, Sleep::updatedAt),
            new Listing<>(Sleep::start, "id", "uuid", null, MissingRule.BY_START, List.of("sleep")),
            RecordColumn.all(
                    at("", UUID, "id"),
                    at("", BIGINT, "cycle_id", "v1_id"),
                    RecordColumn.header(),
                    RecordColumn.span(),
                    at("", BOOLEAN, "nap"),
                    at("", TEXT, "score_state"),
                    at(
                            "score/stage_summary",
                            BIGINT,
                            "total_in_bed_time_milli",
                            "total_awake_time_milli",
                            "total_no_data_time_milli",
                            "total_light_sleep_time_milli",
                            "total_slow_wave_sleep_time_milli",
                            "total_rem_sleep_time_milli"),
                    at("score/stage_summary", INTEGER, "sleep_cycle_count", "disturbance_count"),
                    at(
                            "score/sleep_needed",
                            BIGINT,
                            "baseline_milli",
                            "need_from_sleep_debt_milli",
                            "need_from_recent_strain_milli",
                            "need_from_recent_nap_milli"),
                    at(
                            SCORE,
                            NUMERIC,
                            "respiratory_rate",
                            "sleep_performance_percentage",
                            "sleep_consistency_percentage",
                            "sleep_efficiency_percentage")));

    public static final RecordKind<Workout> WORKOUT = new RecordKind<>(
            "workout",
            Workout.class,
            RowRecords::workout,
            new Key<>("id", "uuid", Workout::id, Workout::updatedAt),
            new Listing<>(Workout::start, "id", "uuid", null, MissingRule.BY_START, List.of("workout")),
            RecordColumn.all(
                    at("", UUID, "id"),
                    at("", BIGINT, "v1_id"),
                    RecordColumn.header(),
                    RecordColumn.span(),
                    at("", TEXT, "sport_name"),
                    at("", INTEGER, "sport_id"),
                    at("", TEXT, "score_state"),
                    at(SCORE, NUMERIC, "strain"),
                    at(SCORE, INTEGER, "average_heart_rate", "max_heart_rate"),
                    at(
                            SCORE,
                            NUMERIC,
                            "kilojoule",
                            "percent_recorded",
                            "distance_meter",
                            "altitude_gain_meter",
                            "altitude_change_meter"),
                    at(
                            "score/zone_durations",
                            BIGINT,
                            "zone_zero_milli",
                            "zone_one_milli",
                            "zone_two_milli",
                            "zone_three_milli",
                            "zone_four_milli",
                            "zone_five_milli")));

    /** One for each member. WHOOP does not say when it changed. */
    public static final RecordKind<BodyMeasurement> BODY_MEASUREMENT = new RecordKind<>(
            "body_measurement",
            BodyMeasurement.class,
            RowRecords::bodyMeasurement,
            null,
            null,
            RecordColumn.all(at("", NUMERIC, "height_meter", "weight_kilogram"), at("", INTEGER, "max_heart_rate")));

    /** One for each member. All but the account number is sealed in the row. */
    public static final RecordKind<Profile> PROFILE = new RecordKind<>(
            "profile",
            Profile.class,
            RowRecords::profile,
            null,
            null,
            List.of(
                    RecordColumn.of(BIGINT, ACCOUNT, "user_id"),
                    new RecordColumn("email_sealed", BYTEA, List.of(), "email", Purpose.EMAIL),
                    new RecordColumn("first_name_sealed", BYTEA, List.of(), "first_name", Purpose.FIRST_NAME),
                    new RecordColumn("last_name_sealed", BYTEA, List.of(), "last_name", Purpose.LAST_NAME)));

    private final String collection;
    private final Class<T> type;
    private final Function<RecordRow, T> ofRow;
    private final @Nullable Key<T> key;
    private final @Nullable Listing<T> listing;
    private final List<RecordColumn> columns;

    private RecordKind(
            String collection,
            Class<T> type,
            Function<RecordRow, T> ofRow,
            @Nullable Key<T> key,
            @Nullable Listing<T> listing,
            List<RecordColumn> columns) {
        this.collection = collection;
        this.type = type;
        this.ofRow = ofRow;
        this.key = key;
        this.listing = listing;
        this.columns = columns;
    }

    /** The column that names a record among those of a member, and when the record last changed. */
    private record Key<T>(String column, String sqlType, Function<T, ?> of, Function<T, Instant> change) {}

    /** How to tell which held records a page of a list should have shown. */
    enum MissingRule {
        /** Those that start in the window that the page covers. */
        BY_START,
        /** Those whose sleep lies between the sleeps that the page's own records are of. */
        BY_SLEEP
    }

    /**
     * How WHOOP lists records of a kind, and deletes them.
     *
     * @param start where a record stands in its list
     * @param idColumn the column by which deletions and missing records are named
     * @param idType its type in SQL
     * @param cycleColumn the column with the cycle that a missing record is fetched by; null when its id is enough
     * @param deletedWith the collections of which a deletion of that id deletes the record
     */
    record Listing<T>(
            Function<T, Instant> start,
            String idColumn,
            String idType,
            @Nullable String cycleColumn,
            MissingRule missing,
            List<String> deletedWith) {}

    /** The word for this kind in tables and reports, such as {@code cycle}. */
    public String collection() {
        return collection;
    }

    /** The columns that name a record. */
    List<String> keyColumns() {
        return key == null ? List.of("user_id") : List.of("user_id", key.column());
    }

    /** The last of {@link #keyColumns}: it tells a member's records from each other. */
    String ownKey() {
        return key == null ? "user_id" : key.column();
    }

    String ownKeyType() {
        return key == null ? "text" : key.sqlType();
    }

    /** The value of {@link #ownKey}. */
    Object ownKeyOf(UserId who, T record) {
        return key == null ? who.value() : key.of().apply(record);
    }

    /** Whether WHOOP lists records of this kind, so that one can be missing from a list and can be deleted. */
    boolean isListed() {
        return listing != null;
    }

    /** @throws IllegalStateException when WHOOP does not list this kind */
    Listing<T> listing() {
        if (listing == null) {
            throw new IllegalStateException("WHOOP does not list " + collection);
        }
        return listing;
    }

    /** Where a record stands in its list. */
    Instant startOf(T record) {
        return listing().start().apply(record);
    }

    Class<T> type() {
        return type;
    }

    /** All kinds that WHOOP lists. */
    static List<RecordKind<?>> listed() {
        return all().stream().filter(RecordKind::isListed).toList();
    }

    /** All kinds of which a deletion of this kind deletes records: a recovery goes with its sleep. */
    List<RecordKind<?>> deletedKinds() {
        return listed().stream()
                .filter(kind -> kind.listing().deletedWith().contains(collection))
                .toList();
    }

    /** All kinds that there are. */
    static List<RecordKind<?>> all() {
        return List.of(CYCLE, RECOVERY, SLEEP, WORKOUT, PROFILE, BODY_MEASUREMENT);
    }

    static RecordKind<?> ofCollection(String collection) {
        return all().stream()
                .filter(kind -> kind.collection.equals(collection))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kind of record is called " + collection));
    }

    /** The columns that are sealed, each with the purpose it is sealed for. */
    Map<String, String> sealedColumns() {
        Map<String, String> sealed = new LinkedHashMap<>();
        for (RecordColumn column : columns) {
            if (column.sealedFor() != null) {
                sealed.put(column.name(), column.sealedFor());
            }
        }
        return sealed;
    }

    /** Whether each record tells its WHOOP account. */
    boolean hasAccount() {
        return columnNames().contains(ACCOUNT);
    }

    /** Whether WHOOP says when a record last changed. */
    boolean hasChange() {
        return key != null;
    }

    /** When the record last changed; {@link Instant#MAX} when WHOOP does not say. */
    Instant changeOf(T record) {
        return key == null ? Instant.MAX : key.change().apply(record);
    }

    List<RecordColumn> columns() {
        return columns;
    }

    /** The record's own columns. */
    List<String> columnNames() {
        return columns.stream().map(RecordColumn::name).toList();
    }

    /** The row of a record, nothing sealed yet. */
    ObjectNode toRow(T record) {
        JsonNode tree = Json.treeOf(record);
        ObjectNode row = Json.object();
        for (RecordColumn column : columns) {
            JsonNode value = tree;
            for (String parent : column.parents()) {
                value = value.path(parent);
            }
            value = value.path(column.field());
            if (!value.isMissingNode()) {
                row.set(column.name(), value);
            }
        }
        return row;
    }

    /** @throws UnreadableRow when the row does not form a record */
    T fromRow(RecordRow row) {
        try {
            return ofRow.apply(row);
        } catch (IllegalArgumentException e) { // a rule of the record's, which names the field and never the value
            throw new UnreadableRow(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public String toString() {
        return collection;
    }
}
