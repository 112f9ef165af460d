package io.holisticos.sahha.data;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.database.InstantColumn;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.WhatFailed;
import io.holisticos.sahha.api.SahhaApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Sahha's stores share: handles that map our column types, and the translation of database errors into
 * {@link SourceUnavailable}. Thread-safe.
 */
final class SahhaDatabase {

    private static final Logger log = LoggerFactory.getLogger(SahhaDatabase.class);

    /** The field of a biomarker's JSON that says what its value is in. */
    static final String UNIT = "unit";

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final Jdbi jdbi;
    private final ObjectMapper mapper;

    SahhaDatabase(Jdbi jdbi, ObjectMapper mapper) {
        this.jdbi = jdbi;
        this.mapper = mapper;
    }

    /**
     * Runs statements on a handle of their own.
     *
     * @throws SourceUnavailable when the database fails
     */
    <T> T with(Function<Handle, T> statements) {
        try {
            return untranslated(statements);
        } catch (JdbiException e) {
            if (e instanceof StatementException) { // the connection was there, so the statement needs a look
                log.error("event=sahha_store_failed", e);
            }
            throw new SourceUnavailable(SahhaApi.SAHHA, RETRY_AFTER, e);
        }
    }

    /**
     * The same, for callers that report or repeat what failed themselves.
     *
     * @throws JdbiException when the database fails
     */
    <T> T untranslated(Function<Handle, T> statements) {
        return jdbi.withHandle(handle -> statements.apply(mapping(handle)));
    }

    String write(JsonNode json) {
        try {
            return mapper.writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can always be written", e);
        }
    }

    static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private Handle mapping(Handle handle) {
        handle.registerColumnMapper(Instant.class, new InstantColumn());
        handle.registerColumnMapper(ZoneOffset.class, SahhaDatabase::offset);
        return handle;
    }

    static @Nullable ZoneOffset offset(ResultSet row, int column, StatementContext context) throws SQLException {
        int seconds = row.getInt(column);
        return row.wasNull() ? null : ZoneOffset.ofTotalSeconds(seconds);
    }

    /** Null for what PostgreSQL accepts as JSON and Jackson does not, such as a number of a thousand digits. */
    @Nullable
    JsonNode json(ResultSet row, int column, StatementContext context) throws SQLException {
        return read(row, column, mapper::readTree);
    }

    /** The same for a reader of the unit only: all of it must be JSON, and no more of it is kept. */
    @Nullable
    JsonNode unit(ResultSet row, int column, StatementContext context) throws SQLException {
        return read(row, column, this::unitIn);
    }

    private JsonNode unitIn(byte[] json) throws IOException {
        try (JsonParser parser = mapper.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return mapper.readTree(json);
            }
            ObjectNode kept = mapper.createObjectNode();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean isUnit = UNIT.equals(parser.currentName());
                JsonToken value = parser.nextToken();
                if (isUnit && value == JsonToken.VALUE_STRING) {
                    kept.put(UNIT, parser.getText());
                } else if (isUnit) {
                    return mapper.readTree(json); // Sahha's units are text
                } else {
                    parser.skipChildren();
                }
            }
            return kept;
        }
    }

    /** Reads JSON from its bytes. */
    @FunctionalInterface
    private interface JsonReading {
        JsonNode of(byte[] json) throws IOException;
    }

    private static @Nullable JsonNode read(ResultSet row, int column, JsonReading reading) throws SQLException {
        byte[] json = row.getBytes(column); // text in UTF-8, read as it is, without a string of it
        try {
            return json == null ? null : reading.of(json);
        } catch (JsonProcessingException e) { // without its message, which quotes the row
            log.warn("event=sahha_row_unreadable cause=\"{}\"", WhatFailed.inWords(e));
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("bytes can always be read", e);
        }
    }
}
