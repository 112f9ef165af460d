package io.holisticos.cache.redis;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import io.dropwizard.lifecycle.Managed;
import io.holisticos.cache.RedisConfiguration;
import io.holisticos.cache.SecondLevel;
import io.holisticos.cache.redis.RedisCommands.Outcome;
import io.holisticos.cache.redis.RedisScripts.Answer;
import io.holisticos.cache.redis.UntoldChanges.Batch;
import io.holisticos.command.Commands;
import io.holisticos.health.SourceName;
import io.holisticos.health.UserId;
import io.holisticos.health.WhatFailed;
import io.holisticos.vault.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kept answers in Redis. A request waits for one look at most, and for nothing else: one thread tells Redis of changes, says that
 * this replica hears of them ({@link Attendance}), and keeps answers. What Redis was not told of yet is not used. See {@code
 * docs/decisions/0038-second-level.md}. Thread-safe.
 */
public final class RedisLevel implements SecondLevel, Managed {

    /** What its commands are said to call. */
    public static final SourceName NAME = RedisCommands.NAME;

    private static final Logger log = LoggerFactory.getLogger(RedisLevel.class);

    /** Beyond it an answer costs more to fetch and to open than to read. */
    private static final int LARGEST = 512 * 1024;

    private static final int MOST_ANSWERS_OF_ONE = 32;
    private static final int MOST_TOLD_AT_ONCE = 500;

    /** A reading takes less; after it nothing is kept. */
    private static final Duration GENERATION_LASTS = Duration.ofSeconds(30);

    private static final Duration LONGEST_KEPT = Duration.ofDays(1);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(250);
    private static final Duration STOP_WAITS = Duration.ofSeconds(2);

    private final RedisScripts redis;
    private final RedisCommands commands;
    private final Vault vault;
    private final SealedAnswers answers;
    private final BooleanSupplier isTelling;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Attendance attendance;
    private final UntoldChanges untold = new UntoldChanges();
    private final KeysAtHand keys;
    private final WaitingAnswers waiting = new WaitingAnswers();
    private final Semaphore work = new Semaphore(0);
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final Thread thread = new Thread(this::run, "cache-redis");
    private long attendedAt;
    private volatile @Nullable String trouble;
    private volatile boolean stopped;

    /**
     * What the level needs from the application.
     *
     * @param vault its keys seal the answers; members who have none have no answer here
     * @param isTelling whether changes from elsewhere are heard of at present
     * @param nanoTime monotonic
     */
    public record Tools(
            Commands commands,
            MetricRegistry metrics,
            Vault vault,
            BooleanSupplier isTelling,
            Clock clock,
            LongSupplier nanoTime) {}

    /**
     * Connects to nobody yet.
     *
     * @param edition replicas of the same one give the same answers to the same questions, and hear of the same changes
     */
    public RedisLevel(RedisConfiguration configuration, String edition, Tools tools) {
        this(configuration, edition, tools, Attendance.TERM_LASTS);
    }

    RedisLevel(RedisConfiguration configuration, String edition, Tools tools, Duration termLasts) {
        this.redis = new RedisScripts(configuration, "unified-health:" + edition + ":");
        this.commands = new RedisCommands(tools.commands(), configuration);
        this.vault = tools.vault();
        this.answers = new SealedAnswers(vault);
        this.keys = new KeysAtHand(vault, tools.nanoTime());
        this.isTelling = tools.isTelling();
        this.clock = tools.clock();
        this.nanoTime = tools.nanoTime();
        this.attendance = new Attendance(new SecureRandom(), termLasts, nanoTime);
        this.attendedAt = nanoTime.getAsLong() - Attendance.EVERY.toNanos();
        tools.metrics().gauge(MetricRegistry.name("cache", "redis", "hits"), () -> hits::sum);
        tools.metrics().gauge(MetricRegistry.name("cache", "redis", "misses"), () -> misses::sum);
        this.thread.setDaemon(true);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() throws InterruptedException {
        stopped = true;
        work.release();
        thread.join(STOP_WAITS.toMillis());
        redis.close();
    }

    @Override
    public Look look(UserId who, String question) {
        if (!isUsable(who) || !keys.haveAtHand(who)) {
            return Look.NOTHING;
        }
        Instant now = clock.instant();
        Answer answer = commands.look(() -> redis.look(
                        answers.nameOf(who), answers.nameOf(question), attendance.newWord(), GENERATION_LASTS))
                .answer();
        if (answer == null || !isUsable(who)) {
            return Look.NOTHING;
        }
        Look look = lookAt(answer, who, question, now);
        (look.answer() == null ? misses : hits).increment();
        return look;
    }

    private Look lookAt(Answer answer, UserId who, String question, Instant now) {
        List<byte[]> more = answer.more();
        if (answer.is(RedisScripts.KEPT) && more.size() == 1) {
            return new Look(answers.open(who, question, more.get(0), now).orElse(null), null);
        }
        if (answer.is(RedisScripts.NONE) && more.size() == 2) {
            return new Look(null, new RedisTicket(who, now, more.get(0), more.get(1)));
        }
        return Look.NOTHING;
    }

    @Override
    public void keep(Ticket ticket, String question, byte[] answer, Instant until) {
        if (ticket instanceof RedisTicket ours && answer.length <= LARGEST && until.isAfter(ours.begun())) {
            Instant latest = ours.begun().plus(LONGEST_KEPT);
            waiting.add(new WaitingAnswers.One(ours, question, answer, until.isBefore(latest) ? until : latest));
            work.release();
        }
    }

    @Override
    public void changed(UserId who) {
        untold.add(who);
        work.release();
    }

    /** A replica that does not hear of changes may have missed some. Others have heard of them, or the term ends. */
    @Override
    public void anybodyChanged() {
        if (isTelling.getAsBoolean()) {
            untold.addEverybody();
            work.release();
        } else {
            attendance.leave();
        }
    }

    private boolean isUsable(UserId who) {
        return attendance.attends() && !untold.holds(who) && isTelling.getAsBoolean();
    }

    /** It is always healthy: without it the service is only slower. */
    public HealthCheck healthCheck() {
        return new HealthCheck() {
            @Override
            protected Result check() {
                return Result.healthy("%s", state());
            }
        };
    }

    private String state() {
        String why = trouble;
        if (why != null) {
            return "degraded: Redis is not used, answers are read from the databases; " + why;
        }
        if (!isTelling.getAsBoolean()) {
            return "degraded: Redis is not used, since changes are not heard of at present";
        }
        return attendance.attends() ? "in use" : "waits until everything of before is known to be told";
    }

    private void run() {
        while (!stopped) {
            boolean well = false;
            try {
                well = turn();
            } catch (RuntimeException e) { // such as a database without keys: the next turn tries again
                failed(e);
            }
            pause(well);
        }
    }

    /** Does all that is to be done. Returns whether Redis did its part. */
    boolean turn() {
        RuntimeException failure = tell();
        if (failure == null && isAttendanceDue()) {
            failure = attend();
        }
        if (failure != null) {
            redis.reconnect();
            failed(failure);
            return false;
        }
        keys.take();
        keepWaiting();
        return true;
    }

    private @Nullable RuntimeException tell() {
        for (Batch batch = untold.next(MOST_TOLD_AT_ONCE); !batch.isEmpty(); batch = untold.next(MOST_TOLD_AT_ONCE)) {
            List<String> names =
                    batch.members().keySet().stream().map(answers::nameOf).toList();
            boolean everybody = batch.isOfEverybody();
            Outcome<Answer> outcome = commands.tell(() -> redis.tell(names, everybody));
            if (outcome.failure() != null) {
                return outcome.failure();
            }
            if (!isLost(outcome.answer())) { // else Redis forgot everything, and did nothing else
                untold.told(batch);
            }
        }
        return null;
    }

    private static boolean isLost(@Nullable Answer answer) {
        return answer == null || answer.is(RedisScripts.LOST);
    }

    private boolean isAttendanceDue() {
        return isTelling.getAsBoolean() && nanoTime.getAsLong() - attendedAt >= Attendance.EVERY.toNanos();
    }

    private @Nullable RuntimeException attend() {
        attendedAt = nanoTime.getAsLong();
        Outcome<Boolean> outcome = commands.tell(() -> attendance.turn(redis));
        if (outcome.failure() == null) {
            well();
        }
        return outcome.failure();
    }

    private void keepWaiting() {
        for (WaitingAnswers.One one = waiting.next(); one != null && !stopped; one = waiting.next()) {
            keep(one);
        }
    }

    private void keep(WaitingAnswers.One one) {
        RedisTicket ticket = one.ticket();
        Duration lasts = Duration.between(clock.instant(), one.until());
        if (lasts.toMillis() <= 0 || untold.holds(ticket.who())) {
            return;
        }
        answers.seal(ticket.who(), one.question(), one.answer(), ticket.begun(), one.until())
                .ifPresent(bytes -> commands.keep(() -> redis.keep(
                        answers.nameOf(ticket.who()),
                        answers.nameOf(one.question()),
                        bytes,
                        ticket,
                        lasts,
                        MOST_ANSWERS_OF_ONE)));
    }

    private void failed(RuntimeException failure) {
        trouble = WhatFailed.inWords(failure);
        log.warn("event=cache_redis_away cause=\"{}\"", trouble); // once a minute, by the throttle of all lines
    }

    private void well() {
        if (trouble != null) {
            log.info("event=cache_redis_back");
        }
        trouble = null;
    }

    private void pause(boolean well) {
        try {
            if (well) {
                boolean unused = work.tryAcquire(Attendance.EVERY.toMillis() / 2, TimeUnit.MILLISECONDS);
            } else {
                TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
            }
            work.drainPermits();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
    }
}
