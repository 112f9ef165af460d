package io.holisticos.sahha.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.database.InstantColumn;
import io.holisticos.database.PartitionStore;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.UserId;
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
import java.util.Set;
import java.util.function.Consumer;
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
    private final Consumer<UserId> changed;

    /** @param changed is told whose answers may be other ones, once a change is committed */
    SahhaDatabase(Jdbi jdbi, ObjectMapper mapper, Consumer<UserId> changed) {
        this.jdbi = jdbi;
        this.mapper = mapper;
        this.changed = changed;
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
     * The same, for statements that change what answers about a member are made of. All of them are committed when it returns,
     * and nobody in this process is given an older answer from then on. Triggers tell the others (085-member-changes.sql).
     *
     * @throws SourceUnavailable when the database fails
     */
    <T> T changing(UserId who, Function<Handle, T> statements) {
        try {
            return with(statements);
        } finally { // a commit whose answer was lost may have been made
            changed.accept(who);
        }
    }

    /**
     * The same, of several members, and for callers that report or repeat what failed themselves.
     *
     * @throws JdbiException when the database fails
     */
    <T> T changingUntranslated(Set<UserId> members, Function<Handle, T> statements) {
        try {
            return untranslated(statements);
        } finally {
            members.forEach(changed);
        }
    }

    /**
     * As {@link #with}, for callers that report or repeat what failed themselves.
     *
     * @throws JdbiException when the database fails
     */
    <T> T untranslated(Function<Handle, T> statements) {
        return jdbi.withHandle(handle -> statements.apply(mapping(handle)));
    }

    PartitionStore partitions(String table, String column) {
        return new PartitionStore(jdbi, table, column);
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
        byte[] json = row.getBytes(column); // text in UTF-8, read as it is, without a string of it
        try {
            return json == null ? null : mapper.readTree(json);
        } catch (JsonProcessingException e) { // without its message, which quotes the row
            log.warn("event=sahha_row_unreadable cause=\"{}\"", WhatFailed.inWords(e));
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException("bytes can always be read", e);
        }
    }
}
