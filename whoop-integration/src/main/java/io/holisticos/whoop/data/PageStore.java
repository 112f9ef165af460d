package io.holisticos.whoop.data;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.health.UserId;
import io.holisticos.vault.Vault;
import io.holisticos.whoop.api.Fetched;
import io.holisticos.whoop.api.Window;
import io.holisticos.whoop.data.Proof.Rest;
import io.holisticos.whoop.data.WhoopStore.Purpose;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;

/** Saves a page of records of a member, in one statement as a rule. */
final class PageStore {

    /** A stretch of a week without a record is known to be empty; shorter ones are gaps of every day. */
    private static final Duration NEAR = Duration.ofHours(84);

    private final Jdbi jdbi;
    private final Vault vault;
    private final Map<Statement, String> statements = new ConcurrentHashMap<>();

    PageStore(Jdbi jdbi, Vault vault) {
        this.jdbi = jdbi;
        this.vault = vault;
    }

    /**
     * One version of a record on its way into the tables.
     *
     * @param key tells it from the member's other records
     * @param changedAt when WHOOP says it came to be
     * @param former what a version before of this service called it instead of {@code hash}
     * @param row made when it is needed: most versions that come are held already
     */
    record Version(Object key, Instant changedAt, byte[] hash, byte[] former, byte[] raw, Supplier<ObjectNode> row) {
        @Override
        public String toString() {
            return "Version[" + raw.length + " bytes]";
        }
    }

    /** What came, of whom, and when. */
    record Arrival(
            RecordKind<?> kind,
            UserId who,
            Listed<?> listed,
            OffsetDateTime begun,
            OffsetDateTime now,
            Condition condition) {

        /** What tells which held records are missing; null where nothing does. */
        @Nullable
        Proof proofOfAbsence() {
            return listed.unreadable().contains("unknown") ? null : listed.proof();
        }
    }

    /** Its text is always the same, so that driver and server prepare it once. */
    private record Statement(RecordKind<?> kind, Work work, boolean provesAbsence, String condition) {
        enum Work {
            LOOK,
            WRITE
        }

        String sql() {
            return switch (work) {
                case LOOK -> PageSql.only(condition, PageSql.same(kind, provesAbsence));
                case WRITE -> PageSql.only(condition, PageSql.news(kind, provesAbsence));
            };
        }
    }

    /**
     * What changed since the list was read before is news, and the rest is held: that is a guess, and checked.
     *
     * @throws AnotherAccount when the condition is not met; nothing is kept then
     */
    Saved save(Arrival arrival, List<Version> all) {
        List<Version> versions = withoutRepetitions(all);
        if (versions.isEmpty() && arrival.listed().proof() == null) {
            return Saved.NOTHING;
        }
        Set<Object> news = versions.stream()
                .filter(version -> arrival.listed().isProbablyNews(version.changedAt()))
                .map(Version::key)
                .collect(Collectors.toSet());
        if (!news.isEmpty()) {
            return write(arrival, versions, news);
        }
        Look look = look(arrival, versions);
        if (look.seen() == versions.size()) {
            return Saved.NOTHING;
        }
        Set<Object> notHeld = versions.stream()
                .map(Version::key)
                .filter(key -> !look.same().contains(key.toString()))
                .collect(Collectors.toSet());
        return write(arrival, versions, notHeld);
    }

    private Saved write(Arrival arrival, List<Version> versions, Set<Object> news) {
        Set<Object> twice = keysThatCameTwice(versions);
        List<Version> fresh = new ArrayList<>();
        List<Version> same = new ArrayList<>();
        for (Version version : versions) {
            boolean isFresh = news.contains(version.key()) || twice.contains(version.key());
            (isFresh ? fresh : same).add(version);
        }
        Written written = write(arrival, fresh, same);
        if (written.seen() == same.size()) {
            return written.saved();
        }
        Saved all = write(arrival, versions, List.of()).saved(); // one is not held after all: then each counts as news
        return written.saved().and(all);
    }

    /**
     * What a look found.
     *
     * @param same keys under which the very version sent is held
     * @param seen how many of them were noted as seen: all that came, or none
     */
    private record Look(Set<String> same, int seen) {}

    private Look look(Arrival arrival, List<Version> versions) {
        return done(handle -> bound(handle.createUpdate(sql(arrival, Statement.Work.LOOK)), arrival, versions, versions)
                .execute((execution, context) -> {
                    try (context) {
                        ResultSet row = result(execution, 1);
                        return new Look(Set.of((String[]) row.getArray("same").getArray()), row.getInt("seen"));
                    }
                }));
    }

    private record Written(Saved saved, int seen) {}

    private Written write(Arrival arrival, List<Version> fresh, List<Version> same) {
        ArrayNode rows = Json.array();
        byte[][] payloads = new byte[fresh.size()][];
        for (int i = 0; i < payloads.length; i++) { // before the statement: sealing may have to fetch a key
            Version version = fresh.get(i);
            payloads[i] = vault.seal(arrival.who(), Purpose.PAYLOAD, version.raw());
            rows.add(version.row()
                    .get()
                    .put("user_id", arrival.who().value())
                    .put("recorded_at", arrival.now().toString())
                    .put("fetch_begun_at", arrival.begun().toString())
                    .put("last_fetch_begun_at", arrival.begun().toString())
                    .put("archive_hash", WhoopStore.bytea(version.hash())));
        }
        List<Version> all = new ArrayList<>(fresh);
        all.addAll(same);
        return done(handle -> bound(handle.createUpdate(sql(arrival, Statement.Work.WRITE)), arrival, same, all)
                .bind("rows", rows.toString())
                .bind("freshIds", array(arrival.kind().ownKeyType(), keys(fresh)))
                .bind("freshHashes", array("bytea", hashes(fresh)))
                .bind("freshFormers", array("bytea", formers(fresh)))
                .bind("payloads", array("bytea", payloads))
                .execute(PageStore::written));
    }

    /** The first result is the condition, the second the turn. */
    private static Written written(Supplier<PreparedStatement> execution, StatementContext context)
            throws SQLException {
        try (context) {
            ResultSet row = result(execution, 2);
            return new Written(new Saved(row.getInt("changed"), row.getInt("contested")), row.getInt("seen"));
        }
    }

    private static ResultSet result(Supplier<PreparedStatement> execution, int before) throws SQLException {
        PreparedStatement statement = execution.get();
        for (int i = 0; i < before; i++) {
            statement.getMoreResults();
        }
        ResultSet row = statement.getResultSet();
        row.next();
        return row;
    }

    private <T> T done(HandleCallback<T, JdbiException> work) {
        try {
            return jdbi.withHandle(work);
        } catch (JdbiException e) {
            if (e.getCause() instanceof SQLException sql && PageSql.NOT_TO_BE_KEPT.equals(sql.getSQLState())) {
                throw new AnotherAccount();
            }
            throw e;
        }
    }

    private String sql(Arrival arrival, Statement.Work work) {
        Statement statement = new Statement(
                arrival.kind(),
                work,
                arrival.proofOfAbsence() != null,
                arrival.condition().sql());
        return statements.computeIfAbsent(statement, Statement::sql);
    }

    /**
     * @param held versions to be noted as seen
     * @param all everything that came
     */
    private static <S extends SqlStatement<S>> S bound(S sql, Arrival arrival, List<Version> held, List<Version> all) {
        RecordKind<?> kind = arrival.kind();
        sql.bind("who", arrival.who().value())
                .bind("ids", array(kind.ownKeyType(), keys(held)))
                .bind("hashes", array("bytea", hashes(held)))
                .bind("formers", array("bytea", formers(held)))
                .bind("begun", arrival.begun())
                .bind("now", arrival.now())
                .bindMap(arrival.condition().arguments());
        if (kind.isListed()) {
            Proof proof = arrival.listed().proof();
            sql.bind("read", proof == null ? "{}" : CoverageStore.multirange(Spans.of(proof.fullyRead())))
                    .bind("near", CoverageStore.multirange(near(arrival.listed())));
        }
        Proof proof = arrival.proofOfAbsence();
        if (proof != null) {
            sql.bind("present", array(kind.ownKeyType(), present(arrival.listed(), all)))
                    .bind("from", WhoopStore.micros(proof.fullyRead().start()));
            if (kind.equals(RecordKind.RECOVERY)) {
                sql.bind("last", proof.rest() == Rest.LAST_PAGE);
            } else {
                sql.bind("until", WhoopStore.micros(proof.fullyRead().end()));
            }
        }
        return sql;
    }

    private static Spans near(Listed<?> listed) {
        List<Window> around = new ArrayList<>();
        for (Fetched<?> fetched : listed.records()) {
            Instant start = Listed.startOf(fetched.record());
            around.add(new Window(start.minus(NEAR), start.plus(NEAR)));
        }
        return new Spans(around);
    }

    private static Object[] present(Listed<?> listed, List<Version> all) {
        List<Object> present = new ArrayList<>(listed.unreadable());
        all.forEach(version -> present.add(version.key()));
        return present.toArray();
    }

    private static Object[] keys(List<Version> versions) {
        return versions.stream().map(Version::key).toArray();
    }

    private static byte[][] hashes(List<Version> versions) {
        return versions.stream().map(Version::hash).toArray(byte[][]::new);
    }

    private static byte[][] formers(List<Version> versions) {
        return versions.stream().map(Version::former).toArray(byte[][]::new);
    }

    private static List<Version> withoutRepetitions(List<Version> all) {
        Map<String, Version> once = new LinkedHashMap<>();
        all.forEach(version -> once.putIfAbsent(version.key() + WhoopStore.bytea(version.hash()), version));
        return List.copyOf(once.values());
    }

    private static Set<Object> keysThatCameTwice(List<Version> versions) {
        Set<Object> once = new HashSet<>();
        Set<Object> twice = new HashSet<>();
        versions.stream().map(Version::key).filter(key -> !once.add(key)).forEach(twice::add);
        return twice;
    }

    private static Argument array(String type, Object[] elements) {
        return (position, statement, context) ->
                statement.setArray(position, statement.getConnection().createArrayOf(type, elements));
    }
}
