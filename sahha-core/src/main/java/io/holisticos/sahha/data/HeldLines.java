package io.holisticos.sahha.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.database.InstantColumn;
import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of {@code standing.sql} and of the statements that add to it, by the places of their columns: there are hundreds
 * of lines in an answer. Of a row's JSON only the unit is kept, unless the statement gives it whole.
 */
final class HeldLines {

    // The columns of standing.sql
    private static final int LINE = 1;
    private static final int ID = 2;
    private static final int NAME = 3;
    private static final int CATEGORY = 4;
    private static final int PERIODICITY = 5;
    private static final int VALUE = 6;
    private static final int STATE = 7;
    private static final int UNIT = 8;
    private static final int START_AT = 9;
    private static final int END_AT = 10;
    private static final int OFFSET = 11;
    private static final int DAY = 12;
    private static final int OTHER_DAY = 13;
    private static final int SOURCE_CREATED_AT = 14;
    private static final int FETCH_BEGUN_AT = 15;
    private static final int RECORDED_AT = 16;
    private static final int DATA = 17;
    private static final int CREATED_AT = 18;
    private static final int UPDATED_AT = 19;
    private static final int REVISION = 20;
    private static final int HAS_ROWS = 21;
    private static final int PHONE_OFFSET = 22;

    private static final InstantColumn INSTANT = new InstantColumn();
    private static final String ARCHETYPES = SahhaKind.ARCHETYPES.key();

    private final UserId who;
    private final Instant now;
    private final ResultSet line;
    private final StatementContext context;
    private final ColumnMapper<JsonNode> json;
    private final Map<String, ObjectNode> units = new HashMap<>();
    private final List<RefreshMarks.Mark> marks = new ArrayList<>();
    private final List<ReadDays.Span> read = new ArrayList<>();
    private final List<SahhaRow> scores = new ArrayList<>();
    private final List<SahhaRow> biomarkers = new ArrayList<>();
    private final List<LoggedSource> sources = new ArrayList<>();
    private final List<SahhaDataLog> exercise = new ArrayList<>();
    private long revision;
    private @Nullable LastSeen lastSeen;
    private Instant lastSeenUntil = Instant.MAX;
    private @Nullable ZoneOffset phone;
    private boolean hasRows;

    /** @param json of column {@code data} */
    private HeldLines(UserId who, Instant now, ResultSet result, StatementContext context, ColumnMapper<JsonNode> json)
            throws SQLException {
        this.who = who;
        this.now = now;
        this.line = result.unwrap(ResultSet.class); // past the pool's own, which costs something with each value
        this.context = context;
        this.json = json;
    }

    static Held read(UserId who, Instant now, ResultSet result, StatementContext context, ColumnMapper<JsonNode> json)
            throws SQLException {
        HeldLines lines = new HeldLines(who, now, result, context, json);
        while (lines.line.next()) {
            lines.add();
        }
        return lines.held();
    }

    private void add() throws SQLException {
        switch (line.getInt(LINE)) {
            case 0 -> addStanding();
            case 1 -> addMark();
            case 2 -> scores.add(row());
            case 3 -> biomarkers.add(row());
            case 6 -> biomarkers.add(shownRow());
            case 4 ->
                sources.add(new LoggedSource(date(DAY), date(OTHER_DAY), text(NAME), text(CATEGORY), text(VALUE)));
            default ->
                exercise.add(new SahhaDataLog(
                        text(NAME),
                        text(CATEGORY),
                        text(VALUE),
                        date(DAY),
                        date(OTHER_DAY),
                        Objects.requireNonNull(instant(START_AT)),
                        Objects.requireNonNull(instant(END_AT))));
        }
    }

    private void addStanding() throws SQLException {
        revision = line.getLong(REVISION);
        hasRows = line.getBoolean(HAS_ROWS);
        phone = SahhaDatabase.offset(line, PHONE_OFFSET, context);
        Instant at = instant(START_AT);
        Instant next = instant(END_AT); // null, too, when it begins in the year 10000
        lastSeenUntil = next == null ? Instant.MAX : next;
        if (at != null) {
            lastSeen = new LastSeen(at, SahhaDatabase.offset(line, OFFSET, context));
            if (!at.equals(instant(SOURCE_CREATED_AT))) {
                lastSeenUntil = Instant.MIN;
            }
        }
    }

    private void addMark() throws SQLException {
        String kind = text(NAME);
        Instant refreshedAt = instant(START_AT);
        Instant until = instant(END_AT);
        if (refreshedAt != null) {
            marks.add(new RefreshMarks.Mark(kind, text(CATEGORY), refreshedAt));
        }
        LocalDate first = line.getObject(DAY, LocalDate.class);
        if (first != null && until != null && !kind.equals(ARCHETYPES)) {
            read.add(new ReadDays.Span(kind, first, line.getObject(OTHER_DAY, LocalDate.class), until));
        }
    }

    /** The statement has looked that the row was created and updated at some time; whoever shows when has the times, too. */
    private SahhaRow row() throws SQLException {
        Instant recorded = instant(RECORDED_AT);
        Instant created = instant(CREATED_AT);
        Instant updated = instant(UPDATED_AT);
        JsonNode whole = json.map(line, DATA, context);
        JsonNode data = line.wasNull() ? unit(line.getString(UNIT)) : whole;
        return row(recorded, data, created == null ? recorded : created, updated == null ? recorded : updated);
    }

    private SahhaRow shownRow() throws SQLException {
        return row(instant(RECORDED_AT), json.map(line, DATA, context), instant(CREATED_AT), instant(UPDATED_AT));
    }

    private SahhaRow row(
            @Nullable Instant recorded, @Nullable JsonNode data, @Nullable Instant created, @Nullable Instant updated)
            throws SQLException {
        return new SahhaRow(
                text(ID),
                who.value(),
                line.getString(NAME),
                line.getString(CATEGORY),
                line.getString(PERIODICITY),
                line.getString(VALUE),
                line.getString(STATE),
                instant(START_AT),
                instant(END_AT),
                SahhaDatabase.offset(line, OFFSET, context),
                line.getObject(DAY, LocalDate.class),
                instant(SOURCE_CREATED_AT),
                instant(FETCH_BEGUN_AT),
                recorded,
                data,
                created,
                updated);
    }

    /** Rows share what they have in common. */
    private ObjectNode unit(@Nullable String unit) {
        return units.computeIfAbsent(unit == null ? "" : unit, text -> {
            ObjectNode data = JsonNodeFactory.instance.objectNode();
            boolean isText = !text.isEmpty() && text.charAt(0) != '{' && text.charAt(0) != '[';
            return isText ? data.put(SahhaDatabase.UNIT, text) : data;
        });
    }

    private Held held() {
        Standing standing = new Standing(
                now, revision, new RefreshMarks(marks), new ReadDays(read), lastSeen, lastSeenUntil, phone, hasRows);
        return new Held(standing, scores, biomarkers, sources, exercise);
    }

    private String text(int column) throws SQLException {
        return Objects.requireNonNull(line.getString(column));
    }

    private LocalDate date(int column) throws SQLException {
        return Objects.requireNonNull(line.getObject(column, LocalDate.class));
    }

    private @Nullable Instant instant(int column) throws SQLException {
        return INSTANT.map(line, column, context);
    }
}
