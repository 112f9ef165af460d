package io.holisticos.web;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.health.WhatFailed;
import io.holisticos.web.ApiKeyStore.Hash;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When keys or sessions were last used. A request only notes it in memory; it is written in the background, at most once in a
 * while for each. Only what exists is noted, so the number is bounded. Thread-safe.
 */
public final class LastUses implements Managed {

    private static final Logger log = LoggerFactory.getLogger(LastUses.class);

    private static final Duration KEYS_EXACT_TO = Duration.ofHours(1);
    private static final Duration BEAT = Duration.ofSeconds(30);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final ScheduledExecutorService beats;
    private final Map<Hash, Instant> noted = new ConcurrentHashMap<>();
    private final Map<Hash, Instant> written = new ConcurrentHashMap<>();
    private final String name;
    private final Consumer<SortedMap<Hash, Instant>> table;
    private final Duration exactTo;
    private final Clock clock;

    private LastUses(String name, Consumer<SortedMap<Hash, Instant>> table, Duration exactTo, Clock clock) {
        this.name = name;
        this.table = table;
        this.exactTo = exactTo;
        this.clock = clock;
        this.beats = Executors.newSingleThreadScheduledExecutor(this::daemon);
    }

    /** @param store of a pool for work in the background */
    public static LastUses of(ApiKeyStore store, Clock clock) {
        return new LastUses("key-uses", store::used, KEYS_EXACT_TO, clock);
    }

    /**
     * As above, of sessions.
     *
     * @param exactTo how much later than it says the last use may have been
     */
    public static LastUses of(SessionStore store, Duration exactTo, Clock clock) {
        return new LastUses("session-uses", store::used, exactTo, clock);
    }

    void note(Hash used) {
        Instant now = clock.instant();
        Instant last = written.get(used);
        if (last == null || !now.isBefore(last.plus(exactTo))) {
            noted.put(used, now);
        }
    }

    /** The last use that this process knows of; empty when there was none lately. */
    Optional<Instant> last(Hash used) {
        return Stream.of(noted, written)
                .flatMap(uses -> Optional.ofNullable(uses.get(used)).stream())
                .max(Comparator.naturalOrder());
    }

    /** Writes what was noted. What cannot be written is tried again later. */
    void write() {
        // in the same order on every replica: two of them would wait for each other else
        SortedMap<Hash, Instant> due = new TreeMap<>(Comparator.comparing(Hash::hex));
        due.putAll(noted);
        Instant forgotten = clock.instant().minus(exactTo);
        written.values().removeIf(forgotten::isAfter);
        if (due.isEmpty()) {
            return;
        }
        try {
            table.accept(due);
        } catch (JdbiException e) {
            log.debug("event=uses_not_written of={} cause=\"{}\"", name, WhatFailed.inWords(e));
            return;
        }
        written.putAll(due);
        due.forEach((used, at) -> noted.computeIfPresent(
                used,
                (same, later) -> later.isBefore(at.plus(exactTo)) ? null : later)); // what it is exact to is enough
    }

    @Override
    public void start() {
        Future<?> unused =
                beats.scheduleWithFixedDelay(this::write, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits a moment for the last ones: a database that hangs holds no shutdown up. */
    @Override
    public void stop() throws InterruptedException {
        beats.execute(this::write);
        beats.shutdown();
        if (!beats.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
            beats.shutdownNow();
        }
    }

    private Thread daemon(Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }
}
