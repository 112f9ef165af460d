package io.holisticos.notice;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Table {@code change_notice}, and the channel of the same name. */
public final class ChangeNoticeStore {

    static final String LISTEN = "listen change_notice";

    private static final String WRITE = """
            with noted as (
                insert into change_notice (topic, key, recorded_at) values (:topic, :key, :now) returning sequence
            )
            select pg_notify('change_notice', '') from noted""";
    private static final String BEAT = "select pg_notify('change_notice', :beat)";
    private static final String AFTER =
            "select sequence, topic, key from change_notice where sequence > :after order by sequence";
    private static final String NEWEST = "select coalesce(max(sequence), 0) from change_notice";
    private static final String PURGE = "delete from change_notice where recorded_at < :before";

    private final Jdbi jdbi;

    ChangeNoticeStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** A notice as it lies in the table. */
    record Written(long sequence, Notice notice) {}

    /** Tells all replicas, once the transaction of this handle is committed; to be called in that of the change. */
    public static void write(Handle handle, Notice notice, Instant now) {
        handle.createQuery(WRITE)
                .bind("topic", notice.topic())
                .bind("key", notice.key())
                .bind("now", now.atOffset(ZoneOffset.UTC))
                .mapTo(String.class)
                .one();
    }

    /** Says something on the channel that only the listener itself understands. */
    void beat(String beat) {
        jdbi.useHandle(handle ->
                handle.createQuery(BEAT).bind("beat", beat).mapTo(String.class).one());
    }

    List<Written> after(long sequence) {
        return jdbi.withHandle(handle -> handle.createQuery(AFTER)
                .bind("after", sequence)
                .map((row, context) -> new Written(row.getLong(1), new Notice(row.getString(2), row.getString(3))))
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
