package io.holisticos.notice;

import io.holisticos.database.SmallBatches;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Table {@code change_notice}, and the channel of the same name. */
public final class ChangeNoticeStore {

    private static final String LISTEN = "listen change_notice";

    private static final String WRITE = """
            with written as (
                insert into change_notice (topic, key, recorded_at) values (:topic, :key, :now) returning sequence
            )
            select pg_notify('change_notice', '') from written""";
    private static final String NOTIFY_HEARTBEAT = "select pg_notify('change_notice', :heartbeat)";
    private static final String AMONG = """
            select notice.sequence, notice.topic, notice.key
            from unnest(cast(:firsts as bigint[]), cast(:lasts as bigint[])) as gap(first, last)
            join change_notice notice on notice.sequence between gap.first and gap.last
            order by notice.sequence""";
    private static final String NEWEST = "select coalesce(max(sequence), 0) from change_notice";

    private static final String PURGE = "delete from change_notice where ctid = any (array("
            + "select ctid from change_notice where recorded_at < :before order by recorded_at limit :most))";
    private static final String PURGE_UNTIMED = "delete from change_notice where ctid = any (array("
            + "select ctid from change_notice where sequence <= :upTo and recorded_at is null order by sequence limit :most))";

    /** {@code =topic=sequence=key}, as the function {@code notice_member} of the migrations writes it. */
    private static final Pattern IN_NOTIFICATION =
            Pattern.compile("=([a-z_]{1,50})=([0-9]{1,18})=(.{0,200})", Pattern.DOTALL);

    private final Jdbi jdbi;

    ChangeNoticeStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A notice with its place in the table. */
    record StoredNotice(long sequence, Notice notice) {

        /** The notice that a notification's payload says itself, so that nobody has to read the table for it; empty for others. */
        static Optional<StoredNotice> inNotification(String payload) {
            Matcher said = IN_NOTIFICATION.matcher(payload);
            return said.matches()
                    ? Optional.of(
                            new StoredNotice(Long.parseLong(said.group(2)), new Notice(said.group(1), said.group(3))))
                    : Optional.empty();
        }
    }

    /** Some sequences one after the other, the last one included. */
    record Sequences(long first, long last) {}

    /** Notifies all replicas once the transaction of this handle commits; to be called in the transaction of the change. */
    public static void write(Handle handle, Notice notice, Instant now) {
        handle.createQuery(WRITE)
                .bind("topic", notice.topic())
                .bind("key", notice.key())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .mapTo(String.class)
                .one();
    }

    /** Makes this connection receive the notifications of the channel. */
    static void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(LISTEN);
        }
    }

    /** Sends a heartbeat on the channel, which other listeners ignore. */
    void notifyHeartbeat(String heartbeat) {
        jdbi.useHandle(handle -> handle.createQuery(NOTIFY_HEARTBEAT)
                .bind("heartbeat", heartbeat)
                .mapTo(String.class)
                .one());
    }

    /** The notices with these sequences, in their order. */
    List<StoredNotice> among(List<Sequences> gaps) {
        return jdbi.withHandle(handle -> handle.createQuery(AMONG)
                .bind("firsts", arrayOf(gaps, Sequences::first))
                .bind("lasts", arrayOf(gaps, Sequences::last))
                .map((row, context) -> new StoredNotice(row.getLong(1), new Notice(row.getString(2), row.getString(3))))
                .list());
    }

    long newest() {
        return jdbi.withHandle(
                handle -> handle.createQuery(NEWEST).mapTo(Long.class).one());
    }

    /**
     * Forgets the notices that were written before this time, and of those that have no time the ones up to this sequence.
     */
    void purge(Instant before, long untimedUpTo) {
        SmallBatches.work(most -> jdbi.withHandle(handle -> handle.createUpdate(PURGE)
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .bind("most", most)
                .execute()));
        SmallBatches.work(most -> jdbi.withHandle(handle -> handle.createUpdate(PURGE_UNTIMED)
                .bind("upTo", untimedUpTo)
                .bind("most", most)
                .execute()));
    }

    private static String arrayOf(List<Sequences> gaps, ToLongFunction<Sequences> end) {
        return gaps.stream().map(gap -> Long.toString(end.applyAsLong(gap))).collect(Collectors.joining(",", "{", "}"));
    }
}
