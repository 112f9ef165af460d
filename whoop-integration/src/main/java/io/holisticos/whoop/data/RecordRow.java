package io.holisticos.whoop.data;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The current row of a result, by the names of a record's columns, wherever they stand in it. A value that is not there, or is
 * none of its type, throws {@link UnreadableRow}.
 */
final class RecordRow {

    private final ResultSet rows;
    private final Map<String, Integer> places;
    private final Opener opener;
    private int values;

    /** Opens sealed values. */
    @FunctionalInterface
    interface Opener {
        String open(String purpose, byte[] sealed);
    }

    /** @param places where the columns stand, the first one at 1 */
    RecordRow(ResultSet rows, Map<String, Integer> places, Opener opener) {
        this.rows = rows;
        this.places = places;
        this.opener = opener;
    }

    /** A value of a row. */
    @FunctionalInterface
    private interface Reading<T> {
        @Nullable
        T at(int place) throws SQLException;
    }

    /** How many values were read that are not null. A part of a record of which there is none does not exist. */
    int values() {
        return values;
    }

    /** Null when nothing was read since there were so many {@link #values}. */
    <T> @Nullable T unlessNothingSince(int before, T part) {
        return values == before ? null : part;
    }

    /** Null counts as 0. */
    long number(String column) {
        try {
            long value = rows.getLong(placeOf(column));
            values += rows.wasNull() ? 0 : 1;
            return value;
        } catch (SQLException e) {
            throw unreadable(column);
        }
    }

    /** Null counts as 0. */
    int integer(String column) {
        return (int) number(column);
    }

    /** Null counts as false. */
    boolean flag(String column) {
        Boolean value = read(column, rows::getBoolean);
        return Boolean.TRUE.equals(value);
    }

    @Nullable
    Long numberOrNull(String column) {
        return read(column, rows::getLong);
    }

    @Nullable
    Integer integerOrNull(String column) {
        return read(column, rows::getInt);
    }

    @Nullable
    BigDecimal decimalOrNull(String column) {
        return read(column, rows::getBigDecimal);
    }

    BigDecimal decimal(String column) {
        return required(column, decimalOrNull(column));
    }

    String text(String column) {
        return required(column, textOrNull(column));
    }

    @Nullable
    String textOrNull(String column) {
        return read(column, rows::getString);
    }

    UUID uuid(String column) {
        return required(column, read(column, place -> rows.getObject(place, UUID.class)));
    }

    Instant time(String column) {
        return required(column, timeOrNull(column));
    }

    @Nullable
    Instant timeOrNull(String column) {
        OffsetDateTime time = read(column, place -> rows.getObject(place, OffsetDateTime.class));
        if (time == null) {
            return null;
        }
        if (time.equals(OffsetDateTime.MAX) || time.equals(OffsetDateTime.MIN)) { // infinity is no moment
            throw unreadable(column);
        }
        return time.toInstant();
    }

    ZoneOffset offset(String column) {
        try {
            return ZoneOffset.of(text(column));
        } catch (DateTimeException e) {
            throw unreadable(column);
        }
    }

    String opened(String column, String purpose) {
        return opener.open(purpose, required(column, read(column, rows::getBytes)));
    }

    static <T> T required(String column, @Nullable T value) {
        if (value == null) {
            throw new UnreadableRow(column + " is missing");
        }
        return value;
    }

    private <T> @Nullable T read(String column, Reading<T> reading) {
        try {
            T value = reading.at(placeOf(column));
            if (value == null || rows.wasNull()) {
                return null;
            }
            values++;
            return value;
        } catch (SQLException e) {
            throw unreadable(column);
        }
    }

    private int placeOf(String column) {
        Integer place = places.get(column);
        if (place == null) {
            throw new IllegalStateException("no column " + column);
        }
        return place;
    }

    /** Without the cause, whose message would quote the value. */
    private static UnreadableRow unreadable(String column) {
        return new UnreadableRow(column + " is none of its type");
    }
}
