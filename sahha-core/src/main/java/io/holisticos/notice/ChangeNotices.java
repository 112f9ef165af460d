package io.holisticos.notice;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.WhatFailed;
import io.holisticos.notice.ChangeNoticeStore.StoredNotice;
import java.sql.Connection;
import java.sql.SQLException;
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
 * The notices that replicas send each other by one database. A notice is read as soon as it is committed, by LISTEN and
 * NOTIFY. Each second a heartbeat is sent the same way; if it does not come back (the connection is lost, or there is a
 * pooler in between) the table is read each second instead. After an outage of the database, listeners hear that they may
 * have missed notices. Started and stopped with the application; see {@code docs/decisions/0015-change-notices.md}.
 * Thread-safe.
 */
public final class ChangeNotices implements Managed {

    private static final Logger log = LoggerFactory.getLogger(ChangeNotices.class);

    private static final Duration ROUND = Duration.ofSeconds(1);

    /** A heartbeat that takes longer counts as lost. */
    private static final Duration HEARTBEAT_COMES_BACK_WITHIN = Duration.ofMillis(300);

    /** After this many lost heartbeats in a row a new connection is opened. */
    private static final int ROUNDS_UNTIL_ANOTHER_CONNECTION = 10;

    /** If no round has ended well for this long, notices may arrive late. */
    private static final Duration HEARD_FOR = ROUND.plusMillis(500);

    /** Older connections are replaced: they may lead to a server that is no longer the primary. */
    private static final Duration OLDEST_CONNECTION = Duration.ofMinutes(10);

    private static final Duration KEPT_FOR = Duration.ofDays(1);
    private static final Duration PURGED_EVERY = Duration.ofMinutes(10);
    private static final Duration STOP_WAITS = Duration.ofSeconds(2);

    private final String name;
    private final DataSource database;
    private final Clock clock;
    private final LongSupplier nanoTime = System::nanoTime;
    private final ChangeNoticeStore store;
    private final UnreadNotices unread;
    private final Map<String, List<NoticeListener>> listeners = new ConcurrentHashMap<>();
    private final Thread thread;

    private @Nullable Connection listening;
    private long listeningSince;
    private int lostInARow;
    private long heartbeats;
    private long purgedAt;
    private long newestAtPurge;
    private long untimedUpTo;
    private boolean missed = true; // notices from before the start were not received
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
        this.unread = new UnreadNotices(store, nanoTime);
        this.thread = new Thread(this::run, "change-notices-" + name);
        this.thread.setDaemon(true);
    }

    /** Calls this listener for every notice of the topic, on one thread of ours, or on that of {@link #tell}. */
    public void listen(String topic, NoticeListener listener) {
        listeners.computeIfAbsent(topic, any -> new CopyOnWriteArrayList<>()).add(listener);
    }

    /** Notifies all replicas, this one too, once the transaction commits; to be called in the transaction of the change. */
    public void write(Handle handle, Notice notice) {
        ChangeNoticeStore.write(handle, notice, clock.instant());
    }

    /** Tells the listeners of this process, without a table, on this thread: a change that is committed acts here at once. */
    public void tell(Notice notice) {
        listeners
                .getOrDefault(notice.topic(), List.of())
                .forEach(listener -> call(listener, one -> one.changed(notice.key())));
    }

    /** Whether notices arrive within two seconds. If not, whoever depends on a value has to read it. */
    public boolean areHeard() {
        return heard && nanoTime.getAsLong() - heardAt < HEARD_FOR.toNanos();
    }

    /** Whether notices arrive by LISTEN; else the table is polled, or the database cannot be reached. */
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
            } catch (RuntimeException e) { // the database cannot be reached, or has no such table yet
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
            listeners.values().stream().flatMap(List::stream).forEach(one -> call(one, NoticeListener::missed));
        }
        boolean comesBack = heartbeat(begun + HEARTBEAT_COMES_BACK_WITHIN.toNanos());
        if (!comesBack) {
            read();
        }
        logChangeOfWay(comesBack);
        heardAt = nanoTime.getAsLong();
        heard = true;
        purgeSometimes();
        if (comesBack) {
            listenUntil(begun + ROUND.toNanos());
        }
    }

    /** Returns whether a notification that another connection sends arrives on ours. */
    private boolean heartbeat(long until) {
        if (nanoTime.getAsLong() - listeningSince > OLDEST_CONNECTION.toNanos()) {
            stopListening();
        }
        boolean unreadNotices = listening == null; // written while we did not listen
        Connection connection = listen();
        if (connection == null) {
            return false;
        }
        String heartbeat = name + ' ' + System.identityHashCode(this) + ' ' + ++heartbeats;
        store.notifyHeartbeat(heartbeat);
        boolean back = false;
        try {
            for (long left = until - nanoTime.getAsLong(); !back && left > 0; left = until - nanoTime.getAsLong()) {
                for (PGNotification notification : notificationsWithin(connection, left)) {
                    back |= notification.getParameter().equals(heartbeat);
                    unreadNotices |= isToBeRead(notification.getParameter());
                }
            }
        } catch (SQLException e) {
            stopListening();
        }
        lostInARow = back ? 0 : lostInARow + 1;
        if (lostInARow >= ROUNDS_UNTIL_ANOTHER_CONNECTION) {
            stopListening();
        }
        if (back && unreadNotices) {
            read();
        }
        return back;
    }

    private void listenUntil(long until) {
        Connection connection = listening;
        try {
            for (long left = until - nanoTime.getAsLong();
                    connection != null && !stopped && left > 0;
                    left = until - nanoTime.getAsLong()) {
                boolean unreadNotices = false;
                for (PGNotification notification : notificationsWithin(connection, left)) {
                    unreadNotices |= isToBeRead(notification.getParameter());
                }
                if (unreadNotices) {
                    read();
                }
            }
        } catch (SQLException e) { // until the next round has connected anew and read the table, nothing is heard
            heard = false;
            stopListening();
        }
    }

    /** Tells a notice that the notification itself holds. Returns whether the table holds one. */
    private boolean isToBeRead(String parameter) {
        StoredNotice.inNotification(parameter).ifPresent(stored -> {
            unread.heard(stored);
            tell(stored.notice());
        });
        return parameter.isEmpty();
    }

    private static PGNotification[] notificationsWithin(Connection connection, long nanos) throws SQLException {
        int millis = (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)); // 0 would mean no limit
        PGNotification[] all = connection.unwrap(PGConnection.class).getNotifications(millis);
        return all == null ? new PGNotification[0] : all;
    }

    private void read() {
        unread.read().forEach(this::tell);
    }

    private void call(NoticeListener listener, Consumer<NoticeListener> method) {
        try {
            method.accept(listener);
        } catch (RuntimeException e) { // the other listeners are called all the same
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
                ChangeNoticeStore.listen(connection);
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

    private void logChangeOfWay(boolean comesBack) {
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
            store.purge(before, untimedUpTo);
            untimedUpTo = newestAtPurge; // by the next time, this is what every replica read long ago
            newestAtPurge = unread.newest();
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
