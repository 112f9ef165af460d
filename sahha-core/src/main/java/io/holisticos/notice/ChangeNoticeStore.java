package io.holisticos.notice;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
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
    private static final String AFTER =
            "select sequence, topic, key from change_notice where sequence > :after order by sequence";
    private static final String NEWEST = "select coalesce(max(sequence), 0) from change_notice";
    private static final String PURGE = "delete from change_notice where recorded_at < :before";

    private final Jdbi jdbi;

    ChangeNoticeStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A notice with its place in the table. */
    record StoredNotice(long sequence, Notice notice) {}

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

    List<StoredNotice> after(long sequence) {
        return jdbi.withHandle(handle -> handle.createQuery(AFTER)
                .bind("after", sequence)
                .map((row, context) -> new StoredNotice(row.getLong(1), new Notice(row.getString(2), row.getString(3))))
                .list());
    }

    long newest() {
        return jdbi.withHandle(
                handle -> handle.createQuery(NEWEST).mapTo(Long.class).one());
    }

    void purge(Instant before) {
        jdbi.useHandle(handle -> handle.createUpdate(PURGE)
                .bind("before", before.atOffset(ZoneOffset.UTC))
                .execute());
    }
}
