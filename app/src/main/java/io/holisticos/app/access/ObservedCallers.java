package io.holisticos.app.access;

import io.dropwizard.lifecycle.Managed;
import io.holisticos.app.access.ObservedCallerStore.OfDay;
import io.holisticos.health.WhatFailed;
import io.holisticos.web.AccessRules.Standing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts in memory what enforce would say to the callers of observed routes, and adds it to the table in the background.
 * However many networks call, few of them are counted one by one each day. Thread-safe.
 */
public final class ObservedCallers implements Managed {

    private static final Logger log = LoggerFactory.getLogger(ObservedCallers.class);

    /** Rows of one day and replica, besides those for all further networks together. */
    static final int MOST = 1_000;

    private static final int DAYS_KEPT = 30;

    /** Callers who would be let in are not what is looked for. */
    private static final String ALL = "all";

    private static final Duration BEAT = Duration.ofMinutes(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(ObservedCallers::daemon);
    private final Map<Row, Tally> tallies = new HashMap<>();
    private final ObservedCallerStore store;
    private final Clock clock;

    private record Row(LocalDate day, String route, String standing, String prefix) {
        Row elsewhere() {
            return new Row(day, route, standing, AddressPrefix.OTHER);
        }
    }

    /** Requests that are not in the table yet; a row without any is kept for its day, so that no other takes its place. */
    private record Tally(long requests, Instant first, Instant last) {

        private static Tally plus(Tally one, Tally other) {
            return new Tally(
                    one.requests + other.requests,
                    one.first.isBefore(other.first) ? one.first : other.first,
                    one.last.isAfter(other.last) ? one.last : other.last);
        }

        Tally saved() {
            return new Tally(0, last, last);
        }
    }

    /** @param store of a pool for work in the background */
    public ObservedCallers(ObservedCallerStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void count(String route, Standing standing, String client) {
        Instant now = clock.instant();
        String prefix = standing == Standing.LET_IN ? ALL : AddressPrefix.of(client);
        Row exact = new Row(LocalDate.ofInstant(now, ZoneOffset.UTC), route, standing.word(), prefix);
        synchronized (tallies) {
            Row row = tallies.size() < MOST || tallies.containsKey(exact) ? exact : exact.elsewhere();
            tallies.merge(row, new Tally(1, now, now), Tally::plus);
        }
    }

    /** Adds what was counted to the table. What cannot be added is added later. */
    void save() {
        List<OfDay> due = take();
        if (due.isEmpty()) {
            return;
        }
        try {
            store.add(due, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC).minusDays(DAYS_KEPT));
        } catch (JdbiException e) {
            log.debug("event=observed_callers_not_saved cause=\"{}\"", WhatFailed.inWords(e));
            giveBack(due);
        }
    }

    private List<OfDay> take() {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        List<OfDay> due = new ArrayList<>();
        synchronized (tallies) {
            tallies.forEach((row, tally) -> {
                if (tally.requests() > 0) {
                    due.add(new OfDay(
                            row.day(),
                            new ObservedCaller(
                                    row.route(),
                                    row.standing(),
                                    row.prefix(),
                                    tally.requests(),
                                    tally.first(),
                                    tally.last())));
                }
            });
            tallies.keySet().removeIf(row -> row.day().isBefore(today));
            tallies.replaceAll((row, tally) -> tally.saved());
        }
        return due;
    }

    private void giveBack(List<OfDay> due) {
        synchronized (tallies) {
            due.forEach(one -> tallies.merge(
                    new Row(
                            one.day(),
                            one.caller().route(),
                            one.caller().standing(),
                            one.caller().addressPrefix()),
                    new Tally(
                            one.caller().requests(),
                            one.caller().firstAt(),
                            one.caller().lastAt()),
                    Tally::plus));
        }
    }

    @Override
    public void start() {
        Future<?> unused =
                beats.scheduleWithFixedDelay(this::save, BEAT.toMillis(), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits a moment for the last ones: a database that hangs holds no shutdown up. */
    @Override
    public void stop() throws InterruptedException {
        beats.execute(this::save);
        beats.shutdown();
        if (!beats.awaitTermination(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) {
            beats.shutdownNow();
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "observed-callers");
        thread.setDaemon(true);
        return thread;
    }
}
