package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.whoop.api.BodyMeasurement;
import io.holisticos.whoop.api.Cycle;
import io.holisticos.whoop.api.Profile;
import io.holisticos.whoop.api.Recovery;
import io.holisticos.whoop.api.Sleep;
import io.holisticos.whoop.api.Workout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A kind of WHOOP record and how it lies in its table: which field goes to which column. A column has the field's own
 * name, except where SQL or another id is in the way.
 *
 * @param <T> the record
 */
public final class RecordKind<T> {

    private static final String SCORE = "score";

    public static final RecordKind<Cycle> CYCLE = new RecordKind<>(
            "cycle",
            Cycle.class,
            new Key<>("id", "bigint", Cycle::id, Cycle::updatedAt),
            "id",
            columns(
                    columnsAt("", "id"),
                    header(),
                    span(),
                    columnsAt("", "score_state", "step_count"),
                    columnsAt(SCORE, "strain", "kilojoule", "average_heart_rate", "max_heart_rate")));

    public static final RecordKind<Recovery> RECOVERY = new RecordKind<>(
            "recovery",
            Recovery.class,
            new Key<>("cycle_id", "bigint", Recovery::cycleId, Recovery::updatedAt),
            "sleep_id",
            columns(
                    columnsAt("", "cycle_id", "sleep_id"),
                    header(),
                    columnsAt("", "score_state"),
                    columnsAt(
                            SCORE,
                            "user_calibrating",
                            "recovery_score",
                            "resting_heart_rate",
                            "hrv_rmssd_milli",
                            "spo2_percentage",
                            "skin_temp_celsius")));

    public static final RecordKind<Sleep> SLEEP = new RecordKind<>(
            "sleep",
            Sleep.class,
            new Key<>("id", "uuid", Sleep::id, Sleep::updatedAt),
            "id",
            columns(
                    columnsAt("", "id", "cycle_id", "v1_id"),
                    header(),
                    span(),
                    columnsAt("", "nap", "score_state"),
                    columnsAt(
                            "score/stage_summary",
                            "total_in_bed_time_milli",
                            "total_awake_time_milli",
                            "total_no_data_time_milli",
                            "total_light_sleep_time_milli",
                            "total_slow_wave_sleep_time_milli",
                            "total_rem_sleep_time_milli",
                            "sleep_cycle_count",
                            "disturbance_count"),
                    columnsAt(
                            "score/sleep_needed",
                            "baseline_milli",
                            "need_from_sleep_debt_milli",
                            "need_from_recent_strain_milli",
                            "need_from_recent_nap_milli"),
                    columnsAt(
                            SCORE,
                            "respiratory_rate",
                            "sleep_performance_percentage",
                            "sleep_consistency_percentage",
                            "sleep_efficiency_percentage")));

    public static final RecordKind<Workout> WORKOUT = new RecordKind<>(
            "workout",
            Workout.class,
            new Key<>("id", "uuid", Workout::id, Workout::updatedAt),
            "id",
            columns(
                    columnsAt("", "id", "v1_id"),
                    header(),
                    span(),
                    columnsAt("", "sport_name", "sport_id", "score_state"),
                    columnsAt(
                            SCORE,
                            "strain",
                            "average_heart_rate",
                            "max_heart_rate",
                            "kilojoule",
                            "percent_recorded",
                            "distance_meter",
                            "altitude_gain_meter",
                            "altitude_change_meter"),
                    columnsAt(
                            "score/zone_durations",
                            "zone_zero_milli",
                            "zone_one_milli",
                            "zone_two_milli",
                            "zone_three_milli",
                            "zone_four_milli",
                            "zone_five_milli")));

    /** One for each member; WHOOP gives it no time of change. */
    public static final RecordKind<BodyMeasurement> BODY_MEASUREMENT = new RecordKind<>(
            "body_measurement",
            BodyMeasurement.class,
            null,
            null,
            columnsAt("", "height_meter", "weight_kilogram", "max_heart_rate"));

    /** One for each member; all but the number is sealed on its way into the row, so it is read by the reader alone. */
    public static final RecordKind<Profile> PROFILE = new RecordKind<>(
            "profile",
            Profile.class,
            null,
            null,
            List.of(
                    new Column("whoop_user_id", List.of("user_id")),
                    new Column("email_sealed", List.of("email")),
                    new Column("first_name_sealed", List.of("first_name")),
                    new Column("last_name_sealed", List.of("last_name"))));

    private final String word;
    private final Class<T> type;
    private final @Nullable Key<T> key;
    private final @Nullable String tombstoneKey;
    private final List<Column> columns;

    private RecordKind(
            String word, Class<T> type, @Nullable Key<T> key, @Nullable String tombstoneKey, List<Column> columns) {
        this.word = word;
        this.type = type;
        this.key = key;
        this.tombstoneKey = tombstoneKey;
        this.columns = columns;
    }

    /** The column that names a record among those of a member, and when the record last changed. */
    private record Key<T>(String column, String sqlType, Function<T, ?> of, Function<T, Instant> change) {}

    /** A column and where its value lies in the record's JSON. */
    private record Column(String name, List<String> path) {}

    String table() {
        return "whoop_" + word;
    }

    /** The word for this kind, such as {@code cycle}. */
    public String word() {
        return word;
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

    /** What stands in {@link #ownKey}. */
    Object ownKeyOf(UserId who, T record) {
        return key == null ? who.value() : key.of().apply(record);
    }

    /** Of what type {@link #tombstoneKey} is. */
    String tombstoneKeyType() {
        return equals(CYCLE) ? "bigint" : "uuid";
    }

    /** Whether WHOOP lists them, so that one can be missing from a list. */
    boolean isListed() {
        return tombstoneKey != null;
    }

    Class<T> type() {
        return type;
    }

    /** All kinds with a list. */
    static List<RecordKind<?>> listed() {
        return List.of(CYCLE, RECOVERY, SLEEP, WORKOUT);
    }

    /** All kinds that there are. */
    static List<RecordKind<?>> all() {
        return List.of(CYCLE, RECOVERY, SLEEP, WORKOUT, PROFILE, BODY_MEASUREMENT);
    }

    static RecordKind<?> ofWord(String word) {
        return all().stream()
                .filter(kind -> kind.word.equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no kind of record is called " + word));
    }

    /** The column deletions go by; null where WHOOP deletes nothing. */
    @Nullable
    String tombstoneKey() {
        return tombstoneKey;
    }

    /** Whether columns of it are sealed. */
    boolean isSealed() {
        return equals(PROFILE);
    }

    /** Whether WHOOP says when a record last changed. */
    boolean knowsItsChange() {
        return key != null;
    }

    /** When the record last changed; the latest moment there is where WHOOP does not say. */
    Instant changeOf(T record) {
        return key == null ? Instant.MAX : key.change().apply(record);
    }

    /** The record's own columns. */
    List<String> columnNames() {
        return columns.stream().map(Column::name).toList();
    }

    ObjectNode toRow(T record) {
        JsonNode tree = Json.treeOf(record);
        ObjectNode row = Json.object();
        for (Column column : columns) {
            JsonNode value = tree;
            for (String step : column.path()) {
                value = value.path(step);
            }
            if (!value.isMissingNode()) {
                row.set(column.name(), value);
            }
        }
        return row;
    }

    T fromRow(JsonNode row) {
        ObjectNode tree = Json.object();
        for (Column column : columns) {
            JsonNode value = row.path(column.name());
            if (value.isMissingNode() || value.isNull()) {
                continue; // an unscored record has no score object at all
            }
            ObjectNode parent = tree;
            int last = column.path().size() - 1;
            for (String step : column.path().subList(0, last)) {
                parent = parent.withObjectProperty(step);
            }
            parent.set(column.path().get(last), value);
        }
        return Json.recordOf(tree, type);
    }

    @Override
    public String toString() {
        return word;
    }

    @SafeVarargs
    private static List<Column> columns(List<Column>... parts) {
        List<Column> all = new ArrayList<>();
        for (List<Column> part : parts) {
            all.addAll(part);
        }
        return List.copyOf(all);
    }

    private static List<Column> header() {
        return List.of(
                new Column("whoop_user_id", List.of("user_id")),
                new Column("created_at", List.of("created_at")),
                new Column("updated_at", List.of("updated_at")));
    }

    private static List<Column> span() {
        return List.of(
                new Column("start_at", List.of("start")),
                new Column("end_at", List.of("end")),
                new Column("timezone_offset", List.of("timezone_offset")));
    }

    private static List<Column> columnsAt(String parent, String... names) {
        List<Column> found = new ArrayList<>();
        for (String name : names) {
            List<String> path = new ArrayList<>(parent.isEmpty() ? List.of() : List.of(parent.split("/", -1)));
            path.add(name);
            found.add(new Column(name, List.copyOf(path)));
        }
        return List.copyOf(found);
    }
}
