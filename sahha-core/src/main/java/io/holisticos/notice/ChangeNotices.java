package io.holisticos.notice;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.WhatFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What replicas tell each other by one database. A notice is read as soon as it is committed, by LISTEN and NOTIFY; each
 * second a heartbeat goes the same way, and when it does not come back (connection lost, a pooler in between) the table is
 * read each second instead. A database that is away harms nobody: listeners are told what they may have missed when it is
 * back. Started and stopped with the application; see {@code docs/decisions/0015-change-notices.md}. Thread-safe.
 */
public final class ChangeNotices implements Managed {

    private static final Logger log = LoggerFactory.getLogger(ChangeNotices.class);

    private static final Duration ROUND = Duration.ofSeconds(1);

    /** A heartbeat that takes longer counts as lost; the next round may find it. */
    private static final Duration BEAT_COMES_BACK_WITHIN = Duration.ofMillis(300);

    /** So many heartbeats lost in a row mean that another connection may do better. */
    private static final int ROUNDS_UNTIL_ANOTHER_CONNECTION = 10;

    /** Without a round that ended well in this time, nobody can rely on being told. */
    private static final Duration HEARD_FOR = ROUND.plusMillis(500);

    /** A connection may lead to a server that nobody else asks any more. */
    private static final Duration OLDEST_CONNECTION = Duration.ofMinutes(10);

    private static final Duration KEPT_FOR = Duration.ofDays(1);
    private static final Duration PURGED_EVERY = Duration.ofMinutes(10);
    private static final Duration STOP_WAITS = Duration.ofSeconds(2);

    private final String name;
    private final DataSource database;
    private final Clock clock;
    private final LongSupplier nanoTime = System::nanoTime;
    private final ChangeNoticeStore store;
    private final Unread unread;
    private final Map<String, List<NoticeListener>> listeners = new ConcurrentHashMap<>();
    private final Thread thread;

    private @Nullable Connection listening;
    private long listeningSince;
    private int lostInARow;
    private long beats;
    private long purgedAt;
    private boolean missed = true; // what was written before we began, nobody told us
    private volatile boolean byListening;
    private volatile boolean heard;
    private volatile long heardAt;
    private volatile boolean stopped;

    /**
     * @param name of the database, for log lines
     * @param database with two connections that nobody else uses: one listens, one reads
     */
    public ChangeNotices(String name, DataSource database, Clock clock) {
        this.name = name;
        this.database = database;
        this.clock = clock;
        this.store = new ChangeNoticeStore(Jdbi.create(database));
        this.unread = new Unread(store, nanoTime);
        this.thread = new Thread(this::run, "change-notices-" + name);
        this.thread.setDaemon(true);
    }

    /** Calls this listener, on one thread of ours, for every notice of the topic. */
    public void listen(String topic, NoticeListener listener) {
        listeners.computeIfAbsent(topic, any -> new CopyOnWriteArrayList<>()).add(listener);
    }

    /** Tells all replicas, this one too, once the transaction is committed; to be called in that of the change. */
    public void write(Handle handle, Notice notice) {
        ChangeNoticeStore.write(handle, notice, clock.instant());
    }

    /** Whether changes are told within two seconds. When not, who needs to know has to look. */
    public boolean areHeard() {
        return heard && nanoTime.getAsLong() - heardAt < HEARD_FOR.toNanos();
    }

    /** Whether they come by LISTEN; else the table is polled, or the database is away. */
    public boolean areListenedTo() {
        return byListening && areHeard();
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopped = true;
        thread.interrupt();
        thread.join(STOP_WAITS.toMillis());
    }

    private void run() {
        while (!stopped) {
            long begun = nanoTime.getAsLong();
            try {
                round(begun);
            } catch (RuntimeException e) { // the database is away, or has no such table yet
                lost(e);
            }
            pauseUntil(begun + ROUND.toNanos());
        }
        stopListening();
    }

    private void round(long begun) {
        if (missed) {
            unread.skip();
            missed = false;
            listeners.values().stream().flatMap(List::stream).forEach(one -> tell(one, NoticeListener::missed));
        }
        boolean comesBack = heartbeat(begun + BEAT_COMES_BACK_WITHIN.toNanos());
        if (!comesBack) {
            read();
        }
        by(comesBack);
        heardAt = nanoTime.getAsLong();
        heard = true;
        purgeSometimes();
        if (comesBack) {
            hearUntil(begun + ROUND.toNanos());
        }
    }

    /** Returns whether what is said on another connection is heard on ours. */
    private boolean heartbeat(long until) {
        if (nanoTime.getAsLong() - listeningSince > OLDEST_CONNECTION.toNanos()) {
            stopListening();
        }
        boolean news = listening == null; // what was written while nobody listened
        Connection connection = listen();
        if (connection == null) {
            return false;
        }
        String beat = name + ' ' + System.identityHashCode(this) + ' ' + ++beats;
        store.beat(beat);
        boolean back = false;
        try {
            for (long left = until - nanoTime.getAsLong(); !back && left > 0; left = until - nanoTime.getAsLong()) {
                for (PGNotification notification : heardWithin(connection, left)) {
                    back |= notification.getParameter().equals(beat);
                    news |= notification.getParameter().isEmpty();
                }
            }
        } catch (SQLException e) {
            stopListening();
        }
        lostInARow = back ? 0 : lostInARow + 1;
        if (lostInARow >= ROUNDS_UNTIL_ANOTHER_CONNECTION) {
            stopListening();
        }
        if (back && news) {
            read();
        }
        return back;
    }

    private void hearUntil(long until) {
        Connection connection = listening;
        try {
            for (long left = until - nanoTime.getAsLong();
                    connection != null && !stopped && left > 0;
                    left = until - nanoTime.getAsLong()) {
                boolean news = false;
                for (PGNotification notification : heardWithin(connection, left)) {
                    news |= notification.getParameter().isEmpty();
                }
                if (news) {
                    read();
                }
            }
        } catch (SQLException e) { // the next round connects anew
            stopListening();
        }
    }

    private static PGNotification[] heardWithin(Connection connection, long nanos) throws SQLException {
        int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)); // 0 would wait for ever
        PGNotification[] all = connection.unwrap(PGConnection.class).getNotifications(millis);
        return all == null ? new PGNotification[0] : all;
    }

    private void read() {
        for (Notice notice : unread.read()) {
            listeners
                    .getOrDefault(notice.topic(), List.of())
                    .forEach(listener -> tell(listener, one -> one.changed(notice.key())));
        }
    }

    private void tell(NoticeListener listener, Consumer<NoticeListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) { // the others are to be told all the same
            log.warn(
                    "event=notice_not_heeded database={} listener={}",
                    name,
                    listener.getClass().getSimpleName(),
                    e);
        }
    }

    private @Nullable Connection listen() {
        if (listening == null) {
            try {
                Connection connection = database.getConnection();
                listening = connection;
                listeningSince = nanoTime.getAsLong();
                try (Statement statement = connection.createStatement()) {
                    statement.execute(ChangeNoticeStore.LISTEN);
                }
            } catch (SQLException e) {
                stopListening();
            }
        }
        return listening;
    }

    private void stopListening() {
        Connection connection = listening;
        listening = null;
        lostInARow = 0;
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                log.debug("event=listening_not_closed database={}", name, e);
            }
        }
    }

    private void by(boolean comesBack) {
        if (comesBack != byListening || !heard) {
            log.info("event=change_notices database={} by={}", name, comesBack ? "listening" : "polling");
        }
        byListening = comesBack;
    }

    private void lost(Exception e) {
        if (heard || !missed) {
            log.warn("event=change_notices database={} by=nothing cause=\"{}\"", name, WhatFailed.inWords(e));
        }
        stopListening();
        heard = false;
        missed = true;
    }

    private void purgeSometimes() {
        long now = nanoTime.getAsLong();
        if (purgedAt == 0 || now - purgedAt > PURGED_EVERY.toNanos()) {
            Instant before = clock.instant().minus(KEPT_FOR);
            store.purge(before);
            purgedAt = now;
        }
    }

    private void pauseUntil(long until) {
        try {
            long left = until - nanoTime.getAsLong();
            if (!stopped && left > 0) {
                TimeUnit.NANOSECONDS.sleep(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}
