package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.holisticos.health.UserId;
import io.holisticos.whoop.data.PageCoverage.Position;
import io.holisticos.whoop.data.RecordKind.MissingRule;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.locator.ClasspathSqlLocator;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * Owns the tables of records, {@code whoop_cycle} and its siblings, and those of their replaced versions. Others read the views
 * {@code whoop_record_…}. Whoever writes for a member takes the member's turn, so that no two writers meet.
 */
final class RecordStore {

    /** From this many rows on, a page of rows ends with the last version of a record. */
    static final int PAGE = 1_000;

    private static final String CONFIRM_PAGE = file("confirm-page");
    private static final String SAVE_PAGE = file("save-page");
    private static final Map<MissingRule, String> MISSING =
            Map.of(MissingRule.BY_START, file("missing-by-start"), MissingRule.BY_SLEEP, file("missing-by-sleep"));

    private static final String REQUIRE_ACCOUNT = "select whoop_require_account(:who, :account)";
    private static final String TAKE_TURN = "select pg_advisory_xact_lock(hashtextextended(:who, 0))";

    private static final String COVERED = file("page-covered");
    private static final String NOTE_MISSING = file("page-missing");
    private static final String DELETED_AT = """
        (select max(gone.deleted_at) from whoop_deletion gone
         where gone.user_id = winner.user_id and gone.collection in ({deleted_with})
           and gone.id = cast(winner.{id} as text) and gone.deleted_at >= winner.last_fetch_begun_at)\
        """;

    private static final String MARK_DELETED = file("mark-deleted");
    private static final String OTHER_ACCOUNT = "select account from ("
            + RecordKind.all().stream()
                    .filter(RecordKind::hasAccount)
                    .map(kind -> "select whoop_user_id as account from "
                            + RecordTable.of(kind).name() + " where user_id = :who")
                    .collect(Collectors.joining(" union all "))
            + ") held where account is distinct from :account limit 1";
    private static final String RETIRE = file("retire");

    private static final String ROWS = file("rows-to-rebuild");
    private static final String ESTIMATE = file("rows-estimated");
    private static final String COUNT = "select count(*) from {table} where user_id = :only";
    private static final String DIFFERENT = file("rows-that-differ");

    private static final String ANY_DIFFERS =
            "select exists (select\n" + DIFFERENT.replace("{on}", "join {table} held on") + ")";
    private static final String UPDATE = "update {table} held set {set_derived}\n" + DIFFERENT.replace("{on}", "where");

    private static final String FIRST_MEMBER = "select min(first) from ("
            + RecordTable.all().stream()
                    .map(table -> "(select min(user_id) as first from " + table.name() + " where user_id > :after)")
                    .collect(Collectors.joining(" union all "))
            + ") firsts";
    private static final String FORMER_HASHES = RecordTable.all().stream()
            .map(table -> "select archive_hash from " + table.name()
                    + " where user_id = :who and octet_length(archive_hash) = " + PayloadNames.FORMER_LENGTH)
            .collect(Collectors.joining(" union "));
    private static final String RENAME = """
        update {table} held set archive_hash = named.name
        from unnest(cast(:formers as bytea[]), cast(:names as bytea[])) as named(former, name)
        where held.user_id = :who and held.archive_hash = named.former\
        """;

    private final Jdbi jdbi;
    private final Map<PageStatement, String> statements = new ConcurrentHashMap<>();

    RecordStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    private static String file(String name) {
        return ClasspathSqlLocator.removingComments()
                .locate("io.holisticos.whoop.data." + name)
                .strip();
    }

    /** Waits until whoever else writes for the member is done, and keeps others waiting until the transaction ends. */
    static void takeTurn(Handle handle, UserId who) {
        handle.createQuery(TAKE_TURN)
                .bind("who", who.value())
                .map((row, context) -> true)
                .one();
    }

    /** @throws AnotherAccount when the member has another WHOOP account by now */
    static void requireAccount(Handle handle, UserId who, AccountCheck account) {
        if (account instanceof AccountCheck.SameAccount same) {
            handle.createQuery(REQUIRE_ACCOUNT)
                    .bind("who", who.value())
                    .bindByType("account", same.whoopUserId(), Long.class)
                    .map((row, context) -> true)
                    .one();
        }
    }

    /** @param seen how many of the versions taken for held are held */
    record PageResult(SaveResult saved, int seen) {}

    /** If all versions are held, notes that they were seen and what the page covers. Else writes nothing. */
    HeldVersions confirm(SaveRequest<?> request, List<RecordVersion> versions) {
        String sql = sql(request, PageStatement.Work.CONFIRM);
        return translated(handle -> bound(handle.createUpdate(sql), request, versions, versions)
                .execute((execution, context) -> {
                    try (context) {
                        ResultSet row = lastResult(execution);
                        return new HeldVersions(
                                Set.of((String[]) row.getArray("same").getArray()), row.getInt("seen"));
                    }
                }));
    }

    /** Saves fresh versions, and notes what was seen and covered, unless a version taken for held is not. */
    PageResult write(SaveRequest<?> request, PageRows page) {
        List<RecordVersion> all = new ArrayList<>(page.fresh());
        all.addAll(page.held());
        String sql = sql(request, PageStatement.Work.SAVE);
        return translated(handle -> bound(handle.createUpdate(sql), request, page.held(), all)
                .bind("rows", page.rows())
                .bind("freshIds", array(request.kind().ownKeyType(), RecordVersion.keys(page.fresh())))
                .bind("freshHashes", array("bytea", RecordVersion.hashes(page.fresh())))
                .bind("freshFormers", array("bytea", RecordVersion.formerHashes(page.fresh())))
                .bind("payloads", array("bytea", page.payloads()))
                .execute(RecordStore::pageResult));
    }

    private static PageResult pageResult(Supplier<PreparedStatement> execution, StatementContext context)
            throws SQLException {
        try (context) {
            ResultSet row = lastResult(execution);
            return new PageResult(new SaveResult(row.getInt("changed"), row.getInt("contested")), row.getInt("seen"));
        }
    }

    /** The account check and the turn have results of their own before it. */
    private static ResultSet lastResult(Supplier<PreparedStatement> execution) throws SQLException {
        PreparedStatement statement = execution.get();
        ResultSet row = statement.getResultSet();
        while (statement.getMoreResults(Statement.KEEP_CURRENT_RESULT)) {
            row = statement.getResultSet();
        }
        row.next();
        return row;
    }

    private <T> T translated(HandleCallback<T, JdbiException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            throw AccountCheck.translated(e);
        }
    }

    /** The text is always the same for the same work, so that driver and server prepare it once. */
    private record PageStatement(RecordKind<?> kind, Work work, boolean tellsMissing, boolean checksAccount) {
        enum Work {
            CONFIRM,
            SAVE
        }

        String sql() {
            String text = work == Work.CONFIRM ? CONFIRM_PAGE : TAKE_TURN + ";\n" + SAVE_PAGE;
            String coverage = (kind.isListed() ? COVERED : "") + (tellsMissing ? NOTE_MISSING : "");
            String calls = (kind.isListed() ? ", (select count(*) from covered) as covered" : "")
                    + (tellsMissing ? ", (select count(*) from missing) as missing" : "");
            String composed = text.replace("{coverage}", coverage)
                    .replace("{coverage_calls}", calls)
                    .replace(
                            "{missing}",
                            tellsMissing ? MISSING.get(kind.listing().missing()) : "")
                    .replace("{deleted_at}", kind.isListed() ? DELETED_AT : "cast(null as timestamptz)");
            // the check comes before the turn, as whoever changes the account takes them in this order, so that none
            // waits in a circle
            return (checksAccount ? REQUIRE_ACCOUNT + ";\n" : "")
                    + RecordTable.of(kind).sql(composed);
        }
    }

    private String sql(SaveRequest<?> request, PageStatement.Work work) {
        PageStatement statement = new PageStatement(
                request.kind(),
                work,
                request.coverageOfMissing() != null,
                request.account() instanceof AccountCheck.SameAccount);
        return statements.computeIfAbsent(statement, PageStatement::sql);
    }

    /**
     * @param held versions to be noted as seen
     * @param all everything that came
     */
    private static Update bound(Update sql, SaveRequest<?> request, List<RecordVersion> held, List<RecordVersion> all) {
        RecordKind<?> kind = request.kind();
        sql.bind("who", request.who().value())
                .bind("ids", array(kind.ownKeyType(), RecordVersion.keys(held)))
                .bind("hashes", array("bytea", RecordVersion.hashes(held)))
                .bind("formers", array("bytea", RecordVersion.formerHashes(held)))
                .bind("begun", request.begun())
                .bind("now", request.now());
        if (request.account() instanceof AccountCheck.SameAccount same) {
            sql.bindByType("account", same.whoopUserId(), Long.class);
        }
        if (kind.isListed()) {
            sql.bind("read", CoverageStore.multirange(request.covered()))
                    .bind("near", CoverageStore.multirange(request.nearRecords()));
        }
        PageCoverage coverage = request.coverageOfMissing();
        if (coverage != null) {
            sql.bind("present", array(kind.ownKeyType(), request.present(all)))
                    .bind("from", WhoopStore.micros(coverage.window().start()));
            switch (kind.listing().missing()) {
                case BY_START ->
                    sql.bind("until", WhoopStore.micros(coverage.window().end()));
                case BY_SLEEP -> sql.bind("last", coverage.position() == Position.LAST_PAGE);
            }
        }
        return sql;
    }

    /** Marks a record as deleted, unless a fetch that began later brought it. */
    static void markDeleted(Handle handle, RecordKind<?> kind, UserId who, String id, OffsetDateTime deletedAt) {
        handle.createUpdate(RecordTable.of(kind).sql(MARK_DELETED))
                .bind("who", who.value())
                .bind("id", id)
                .bind("deletedAt", deletedAt)
                .execute();
    }

    /**
     * Moves a member's records of other WHOOP accounts than this one among the replaced versions.
     *
     * @param whoopUserId null for every account
     * @return whether there were any
     */
    static boolean retire(Handle handle, UserId who, @Nullable Long whoopUserId, OffsetDateTime now) {
        Optional<Long> former = handle.createQuery(OTHER_ACCOUNT)
                .bind("who", who.value())
                .bindByType("account", whoopUserId, Long.class)
                .mapTo(Long.class)
                .findOne();
        if (former.isEmpty()) {
            return false;
        }
        for (RecordKind<?> kind : RecordKind.all()) {
            Update update = handle.createUpdate(retirement(kind))
                    .bind("who", who.value())
                    .bind("now", now);
            (kind.hasAccount()
                            ? update.bindByType("account", whoopUserId, Long.class)
                            : update.bind("former", former.get()))
                    .execute();
        }
        return true;
    }

    /** A body measurement does not tell its account: it is taken for one of the former account. */
    private static String retirement(RecordKind<?> kind) {
        RecordTable table = RecordTable.of(kind);
        String all = String.join(", ", table.versionColumns());
        boolean known = kind.hasAccount();
        return table.sql(RETIRE.replace("{into}", known ? all : all + ", " + RecordKind.ACCOUNT)
                .replace("{columns}", known ? all : all + ", :former")
                .replace("{others}", known ? "and whoop_user_id is distinct from :account" : ""));
    }

    /** About how many rows there are: for telling how far a rebuild went. */
    long estimate(RecordTable table, @Nullable UserId only) {
        return jdbi.withHandle(handle -> {
            String sql = table.sql(only == null ? ESTIMATE : COUNT);
            return limitedTo(only, handle.createQuery(sql)).mapTo(Long.class).one();
        });
    }

    /** The rows after that one, in the order of their keys; empty at the end. */
    List<StoredRow> after(@Nullable StoredRow last, RecordTable table, @Nullable UserId only) {
        boolean onePerMember = table.kind().keyColumns().size() == 1;
        String later = onePerMember
                ? "user_id > :user"
                : table.sql("(user_id, {own_key}) > (:user, cast(:key as {key_type}))");
        String which = Stream.of(only == null ? "" : "user_id = :only", last == null ? "" : later)
                .filter(condition -> !condition.isEmpty())
                .collect(Collectors.joining(" and "));
        String sql = table.sql(
                ROWS.replace("{which}", which.isEmpty() ? "true" : which).replace("{page}", Integer.toString(PAGE)));
        return jdbi.withHandle(handle -> {
            var query = limitedTo(only, handle.createQuery(sql));
            if (last != null) {
                query.bind("user", last.who().value());
                if (!onePerMember) {
                    query.bind("key", last.key());
                }
            }
            return query.map(row -> new StoredRow(
                            new UserId(row.getColumn("user_id", String.class)),
                            row.getColumn("own_key", String.class),
                            row.getColumn("archive_hash", byte[].class),
                            row.getColumn("payload_sealed", byte[].class),
                            row.getColumn("sealed", String.class)))
                    .list();
        });
    }

    /**
     * Whether any row differs from what is held. Locks nothing.
     *
     * @param rows each with {@code user_id} and {@code archive_hash}
     */
    boolean anyDiffers(RecordTable table, ArrayNode rows) {
        return jdbi.withHandle(handle -> handle.createQuery(table.sql(ANY_DIFFERS))
                .bind("rows", rows.toString())
                .mapTo(Boolean.class)
                .one());
    }

    /**
     * Updates those rows that differ from what is held and still name the payload they were derived from: a version that came
     * meanwhile is never overwritten.
     *
     * @param whose members of these rows: nobody else writes for them meanwhile
     * @return how many rows were updated
     */
    int update(RecordTable table, ArrayNode rows, Set<UserId> whose) {
        return jdbi.inTransaction(handle -> {
            whose.stream() // in order, so that two who take many turns never wait in a circle
                    .sorted(Comparator.comparing(UserId::value))
                    .forEach(who -> takeTurn(handle, who));
            return handle.createUpdate(table.sql(UPDATE))
                    .bind("rows", rows.toString())
                    .execute();
        });
    }

    private static <S extends SqlStatement<S>> S limitedTo(@Nullable UserId only, S statement) {
        return only == null ? statement : statement.bind("only", only.value());
    }

    /** The first member after that one of whom anything is held. */
    Optional<String> firstMemberAfter(String after) {
        return jdbi.withHandle(handle -> handle.createQuery(FIRST_MEMBER)
                .bind("after", after)
                .map((row, context) -> Optional.ofNullable(row.getString(1)))
                .one());
    }

    /** The former hashes that a member's rows still name payloads by. */
    static List<byte[]> formerHashes(Handle handle, UserId who) {
        return handle.createQuery(FORMER_HASHES)
                .bind("who", who.value())
                .mapTo(byte[].class)
                .list();
    }

    /** Has a member's rows name their payloads by these hashes instead of the former ones. */
    static void rename(Handle handle, UserId who, byte[][] formers, byte[][] names) {
        for (RecordTable table : RecordTable.all()) {
            handle.createUpdate(table.sql(RENAME))
                    .bind("who", who.value())
                    .bind("formers", array("bytea", formers))
                    .bind("names", array("bytea", names))
                    .execute();
        }
    }

    static Argument array(String type, Object[] elements) {
        return (position, statement, context) ->
                statement.setArray(position, statement.getConnection().createArrayOf(type, elements));
    }
}
