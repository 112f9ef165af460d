package io.holisticos.whoop.data;

import io.holisticos.health.UserId;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jspecify.annotations.Nullable;

/** Names of payloads wherever they stand, member by member, and table {@code whoop_archive_naming}. */
final class ArchiveRenamingStore {

    private static final List<String> NAMING = RecordKind.all().stream()
            .flatMap(kind -> Stream.of(kind.table(), kind.table() + "_history"))
            .toList();
    private static final String OLD = "octet_length(%s) = " + PayloadNames.FORMER_LENGTH;

    private static final String NEXT = "select min(first) from ("
            + Stream.concat(Stream.of("whoop_archive"), NAMING.stream())
                    .map(table -> "(select min(user_id) as first from " + table + " where user_id > :after)")
                    .collect(Collectors.joining(" union all "))
            + ") firsts";
    private static final String FORMER = Stream.concat(
                    Stream.of("select hash from whoop_archive where user_id = :who and " + OLD.formatted("hash")),
                    NAMING.stream()
                            .map(table -> "select archive_hash from " + table + " where user_id = :who and "
                                    + OLD.formatted("archive_hash")))
            .collect(Collectors.joining(" union "));
    private static final String NAMED =
            "unnest(cast(:formers as bytea[]), cast(:names as bytea[])) as named(former, name)";
    private static final String RENAME = """
            update {table} held set archive_hash = named.name from {named}
            where held.user_id = :who and held.archive_hash = named.former""";
    private static final String FORGET_TWICE_HELD = """
            delete from whoop_archive held using {named}
            where held.user_id = :who and held.hash = named.former and exists (
                select from whoop_archive same where same.user_id = :who and same.hash = named.name)""";
    private static final String RENAME_PAYLOADS = """
            update whoop_archive held set hash = named.name from {named}
            where held.user_id = :who and held.hash = named.former""";
    private static final String CAME_LATER =
            "select exists (select from whoop_archive where recorded_at >= :since and " + OLD.formatted("hash") + ")";
    private static final String STATE =
            "select walked_to, found, done_at is not null as done, recorded_at from whoop_archive_naming where form = :form";
    private static final String SAVE = """
            insert into whoop_archive_naming (form, walked_to, found, done_at, recorded_at)
            values (:form, :walkedTo, :found, :doneAt, :now)
            on conflict (form) do update set walked_to = excluded.walked_to, found = excluded.found,
                done_at = excluded.done_at, recorded_at = excluded.recorded_at""";

    private final Jdbi jdbi;

    ArchiveRenamingStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /**
     * How far a walk over all members came.
     *
     * @param to the last member done; empty at its begin
     * @param found how many of them had names of a version before
     * @param done whether a whole walk found none
     * @param at when this was written; null when it never was
     */
    record Walk(
            String to, long found, boolean done, @Nullable Instant at) {
        static final Walk BEGIN = new Walk("", 0, false, null);
    }

    Walk walk() {
        return jdbi.withHandle(handle -> handle.createQuery(STATE)
                .bind("form", PayloadNames.FORM)
                .map((row, context) -> new Walk(
                        row.getString("walked_to"),
                        row.getLong("found"),
                        row.getBoolean("done"),
                        row.getObject("recorded_at", OffsetDateTime.class).toInstant()))
                .findOne()
                .orElse(Walk.BEGIN));
    }

    void save(Walk walk, Instant now) {
        jdbi.useHandle(handle -> handle.createUpdate(SAVE)
                .bind("form", PayloadNames.FORM)
                .bind("walkedTo", walk.to())
                .bind("found", walk.found())
                .bind("doneAt", walk.done() ? WhoopStore.micros(now) : null)
                .bind("now", WhoopStore.micros(now))
                .execute());
    }

    /** Whether a version before archived anything since that moment. */
    boolean cameSince(Instant since) {
        return jdbi.withHandle(handle -> handle.createQuery(CAME_LATER)
                .bind("since", WhoopStore.micros(since))
                .mapTo(Boolean.class)
                .one());
    }

    /** The first member after that one of whom anything is held. */
    Optional<String> next(String after) {
        return jdbi.withHandle(handle -> handle.createQuery(NEXT)
                .bind("after", after)
                .map((row, context) -> Optional.ofNullable(row.getString(1)))
                .one());
    }

    /** Renames all of a member at once, so that a row and its payload never differ. Returns how many names changed. */
    int rename(UserId who, UnaryOperator<byte[]> name) {
        return jdbi.inTransaction(handle -> {
            WhoopStore.takeTurn(handle, who);
            byte[][] formers = handle.createQuery(FORMER).bind("who", who.value()).mapTo(byte[].class).stream()
                    .toArray(byte[][]::new);
            if (formers.length > 0) {
                byte[][] names = Stream.of(formers).map(name).toArray(byte[][]::new);
                NAMING.forEach(table -> execute(handle, RENAME.replace("{table}", table), who, formers, names));
                execute(handle, FORGET_TWICE_HELD, who, formers, names);
                execute(handle, RENAME_PAYLOADS, who, formers, names);
            }
            return formers.length;
        });
    }

    private static void execute(Handle handle, String sql, UserId who, byte[][] formers, byte[][] names) {
        handle.createUpdate(sql.replace("{named}", NAMED))
                .bind("who", who.value())
                .bind("formers", bytes(formers))
                .bind("names", bytes(names))
                .execute();
    }

    private static Argument bytes(byte[][] elements) {
        return (position, statement, context) ->
                statement.setArray(position, statement.getConnection().createArrayOf("bytea", elements));
    }
}
