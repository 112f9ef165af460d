package io.holisticos.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of one table that only grows, one for each month by UTC. Migrations make such a table with a single partition,
 * the rest, which takes every row that no other is there for: a write never fails for want of a month. This makes months ahead,
 * and drops what is too old.
 *
 * <p>Rows in the rest are of a time when nobody made months, such as before the migration. They are not moved: the rest itself
 * becomes the partition of that time, and a new one takes its place. Owners of tables have one of these. Safe on several replicas
 * at once, and when it ends at any point. Tables are changed by functions of the database ({@code partition_add} and the others),
 * which have their owner's rights: the role of the service needs none to create or to drop.
 */
public final class PartitionStore {

    /** So long nobody has to make months before rows go to the rest again. */
    private static final int MONTHS_AHEAD = 3;

    /** So much is read in an instant, also while others wait. */
    private static final long SMALL = 64L << 20;

    /** Others wait behind whoever waits for a table, so nobody waits for long. */
    private static final String LOCK_TIMEOUT = "set local lock_timeout = '300ms'";

    private static final int TRIES = 10;

    /** No lock in time, a deadlock, or a row that came to the rest since it was looked at. */
    private static final String TRIED_AGAIN = "55P03|40P01|23514";

    private static final String MAY_NOT = "42501";

    private static final String ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended(:key, 0))";

    private static final String LAYOUT = """
            select part.relname as name, part.oid = parted.partdefid as is_rest,
                   cast(nullif(split_part(split_part(said, ' TO ', 1), '''', 2), '') as timestamptz) as since,
                   cast(nullif(split_part(split_part(said, ' TO ', 2), '''', 2), '') as timestamptz) as until
            from pg_partitioned_table parted
            join pg_inherits kin on kin.inhparent = parted.partrelid
            join pg_class part on part.oid = kin.inhrelid
            cross join lateral pg_get_expr(part.relpartbound, part.oid) as said
            where parted.partrelid = to_regclass(:table)
            order by until""";

    private static final String EXTENT =
            "select min(%2$s) as first, max(%2$s) as last, pg_table_size('%1$s') as size from %1$s";
    private static final String BOUND =
            "select convalidated from pg_constraint where conrelid = to_regclass(:rest) and conname = :name";
    private static final String ADD = "select partition_add(:table, :since, :until)";
    private static final String OF_REST = "select partition_of_rest(:table, :since, :until)";
    private static final String STATE_BOUND = "select partition_bound(:table, :since, :until)";
    private static final String PROVE_BOUND = "select partition_prove(:table)";
    private static final String UNBOUND = "select partition_unbound(:table)";
    private static final String DROP = "select partition_drop(:table, :part)";
    private static final String DELETE_SOME = """
            delete from %1$s where ctid = any (array(select ctid from %1$s where %2$s < :before limit :most))""";

    private static final String DELETE_SOME_OF_ALL = """
            delete from %1$s gone using (select tableoid as part, ctid as place from %1$s where %2$s < :before limit :most) old
            where gone.tableoid = old.part and gone.ctid = old.place""";

    private static final Logger log = LoggerFactory.getLogger(PartitionStore.class);

    private final Jdbi jdbi;
    private final String table;
    private final String column;
    private final String rest;
    private final String bound;
    private final long small;

    /** @param column by which its rows belong to months, and become too old */
    public PartitionStore(Jdbi jdbi, String table, String column) {
        this(jdbi, table, column, SMALL);
    }

    /** @param small of so many bytes the rest may be read while others wait */
    PartitionStore(Jdbi jdbi, String table, String column, long small) {
        this.jdbi = jdbi;
        this.small = small;
        this.table = table;
        this.column = column;
        this.rest = table + "_rest";
        this.bound = rest + "_until";
    }

    /** @param since null for the first, which begins with the oldest row that can be */
    private record Part(String name, @Nullable Instant since, Instant until) {

        /** Else its rows become too old long before it can be dropped. */
        boolean isOfOneMonth() {
            return since != null && monthOf(since).plusMonths(1).equals(monthOf(until));
        }
    }

    /** @param isPartitioned false before the migration that partitions the table, and after its rollback */
    private record Layout(boolean isPartitioned, List<Part> parts) {

        @Nullable
        Instant end() {
            return parts.isEmpty() ? null : parts.get(parts.size() - 1).until();
        }
    }

    /** @param first null, like {@code last}, when there is no row */
    private record Extent(@Nullable Instant first, @Nullable Instant last, long size) {
        boolean isAllFrom(@Nullable Instant end) {
            return end == null || (first != null && !first.isBefore(end));
        }
    }

    /** Makes the month of this moment and those after it, if they are not there. */
    public void extend(Instant now) {
        allowed(() -> extendAllowed(now));
    }

    private void extendAllowed(Instant now) {
        Extent held = extent();
        Instant until = startOf(monthOf(held.last() != null && held.last().isAfter(now) ? held.last() : now)
                .plusMonths(2));
        Layout before = jdbi.withHandle(this::layout);
        boolean proves = before.isPartitioned() && held.size() > small && held.isAllFrom(before.end());
        if (proves && !prove(before.end(), until)) {
            return;
        }
        patiently(handle -> {
            Layout layout = layout(handle);
            if (!layout.isPartitioned()) {
                return;
            }
            Extent found = extent(handle);
            if (found.first() != null && found.isAllFrom(layout.end())) {
                if (found.size() > small && !proven(handle).orElse(false)) {
                    return; // another process has begun to prove it
                }
                made(change(handle, OF_REST, layout.end(), until));
            } else {
                proven(handle)
                        .ifPresent(
                                any -> unbound(handle)); // of a process that was killed; some day it would refuse rows
                if (found.size() > small) {
                    log.warn(
                            "event=partitions_not_made table={} cause=\"its rest holds many rows of other times\"",
                            table);
                    return;
                }
            }
            makeMonths(handle, now);
        });
    }

    /**
     * Drops the months that ended before this moment. Rows that are older, but in a partition of more than a month, are deleted,
     * few at a time; those in the month of this moment go with it.
     */
    public void drop(Instant before) {
        boolean isDone = allowed(() -> {
            for (Part part : jdbi.withHandle(this::layout).parts()) {
                if (!part.until().isAfter(before)) {
                    patiently(handle -> drop(handle, part.name()));
                } else if (!part.isOfOneMonth()) {
                    deleteFrom(part.name(), before);
                }
            }
            deleteFrom(jdbi.withHandle(this::layout).isPartitioned() ? rest : table, before);
        });
        if (!isDone) {
            deleteThroughTable(before);
        }
    }

    /** Returns false where this role may use the table, but neither the functions nor its partitions. */
    private boolean allowed(Runnable work) {
        try {
            work.run();
            return true;
        } catch (JdbiException e) {
            if (!stateOf(e).equals(MAY_NOT)) {
                throw e;
            }
            log.warn(
                    "event=partitions_not_kept table={} cause=\"the role of the service may not call the functions that"
                            + " keep partitions: run docs/sql/grants.sql as the owner; until then rows are deleted"
                            + " one by one\"",
                    table);
            return false;
        }
    }

    private void drop(Handle handle, String part) {
        if (layout(handle).parts().stream().anyMatch(held -> held.name().equals(part))) {
            call(handle.createQuery(DROP).bind("table", table).bind("part", part));
            log.info("event=partition_dropped table={} partition={}", table, part);
        }
    }

    private void deleteFrom(String part, Instant before) {
        SmallBatches.work(most -> jdbi.withHandle(handle -> handle.createUpdate(DELETE_SOME.formatted(part, column))
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .bind("most", most)
                .execute()));
    }

    private void deleteThroughTable(Instant before) {
        SmallBatches.work(most ->
                jdbi.withHandle(handle -> handle.createUpdate(DELETE_SOME_OF_ALL.formatted(table, column))
                        .bind("before", before.atOffset(ZoneOffset.UTC))
                        .bind("most", most)
                        .execute()));
    }

    /** Has PostgreSQL know, without keeping anybody from writing, that the rest can become a partition. */
    private boolean prove(@Nullable Instant since, Instant until) {
        boolean stated = patiently(handle -> change(handle, STATE_BOUND, since, until));
        try {
            return stated
                    && unhurried(handle -> {
                        call(handle.createQuery(PROVE_BOUND).bind("table", table));
                        return true;
                    });
        } catch (JdbiException e) { // it must not stay
            patiently(this::unbound);
            throw e;
        }
    }

    private void unbound(Handle handle) {
        call(handle.createQuery(UNBOUND).bind("table", table));
    }

    /** Whether PostgreSQL knows; empty while nobody has begun. */
    private Optional<Boolean> proven(Handle handle) {
        return handle.createQuery(BOUND)
                .bind("rest", rest)
                .bind("name", bound)
                .mapTo(Boolean.class)
                .findOne();
    }

    private void makeMonths(Handle handle, Instant now) {
        YearMonth last = monthOf(now).plusMonths(MONTHS_AHEAD);
        Instant end = layout(handle).end();
        YearMonth month = monthOf(now);
        while (!month.isAfter(last)) {
            Instant until = startOf(month.plusMonths(1));
            if (end == null || end.isBefore(until)) { // the first begins where the one before ends, however long ago
                made(change(handle, ADD, end, until));
                end = until;
            }
            month = month.plusMonths(1);
        }
    }

    private void made(String part) {
        log.info("event=partition_made table={} partition={}", table, part);
    }

    /** Calls a function for a span of time; returns the name of the partition that it made, if it makes one. */
    private String change(Handle handle, String function, @Nullable Instant since, Instant until) {
        return call(handle.createQuery(function)
                .bind("table", table)
                .bindByType("since", since == null ? null : since.atOffset(ZoneOffset.UTC), OffsetDateTime.class)
                .bind("until", until.atOffset(ZoneOffset.UTC)));
    }

    private static String call(Query function) {
        return function.map((row, context) -> String.valueOf(row.getString(1))).one();
    }

    private Layout layout(Handle handle) {
        List<Part> parts = new ArrayList<>();
        boolean isPartitioned = false;
        for (Optional<Part> part : handle.createQuery(LAYOUT)
                .bind("table", table)
                .map((row, context) -> row.getBoolean("is_rest")
                        ? Optional.<Part>empty()
                        : Optional.of(new Part(
                                row.getString("name"),
                                instant(row.getObject("since", OffsetDateTime.class)),
                                row.getObject("until", OffsetDateTime.class).toInstant())))
                .list()) {
            isPartitioned |= part.isEmpty();
            part.ifPresent(parts::add);
        }
        return new Layout(isPartitioned, parts);
    }

    private Extent extent() {
        return jdbi.withHandle(handle -> layout(handle).isPartitioned())
                ? unhurried(this::extent)
                : new Extent(null, null, 0);
    }

    private Extent extent(Handle handle) {
        return handle.createQuery(EXTENT.formatted(rest, column))
                .map((row, context) -> new Extent(
                        instant(row.getObject("first", OffsetDateTime.class)),
                        instant(row.getObject("last", OffsetDateTime.class)),
                        row.getLong("size")))
                .one();
    }

    /** Runs it in a transaction, in turn with other processes; returns whether it went well. */
    private boolean patiently(Consumer<Handle> work) {
        for (int tries = 1; true; tries++) {
            try {
                jdbi.useTransaction(handle -> {
                    handle.execute(LOCK_TIMEOUT);
                    handle.createQuery(ONE_AT_A_TIME)
                            .bind("key", "partitions/" + table)
                            .map((row, context) -> true)
                            .one();
                    work.accept(handle);
                });
                return true;
            } catch (JdbiException e) {
                String state = stateOf(e);
                if (!state.matches(TRIED_AGAIN)) {
                    throw e;
                }
                if (tries == TRIES) {
                    log.info("event=partitions_postponed table={} sql_state={}", table, state);
                    return false;
                }
            }
        }
    }

    /** Reads a whole table, however long that takes. */
    private <T> T unhurried(Function<Handle, T> work) {
        try {
            return jdbi.<T, SQLException>inTransaction(handle -> {
                Connection connection = handle.getConnection();
                int longest = connection.getNetworkTimeout();
                connection.setNetworkTimeout(Runnable::run, 0);
                try {
                    handle.execute(LOCK_TIMEOUT);
                    handle.execute("set local statement_timeout = 0");
                    return work.apply(handle);
                } finally {
                    connection.setNetworkTimeout(Runnable::run, longest);
                }
            });
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private static String stateOf(JdbiException failure) {
        return failure.getCause() instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    private static YearMonth monthOf(Instant moment) {
        return YearMonth.from(moment.atOffset(ZoneOffset.UTC));
    }

    private static Instant startOf(YearMonth month) {
        return month.atDay(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
}
