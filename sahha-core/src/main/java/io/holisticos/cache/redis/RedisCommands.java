package io.holisticos.cache.redis;

import io.holisticos.cache.RedisConfiguration;
import io.holisticos.command.Command;
import io.holisticos.command.CommandConfiguration;
import io.holisticos.command.CommandConfiguration.Breaker;
import io.holisticos.command.CommandConfiguration.Isolation;
import io.holisticos.command.CommandConfiguration.Pool;
import io.holisticos.command.CommandKey;
import io.holisticos.command.Commands;
import io.holisticos.health.Deadline;
import io.holisticos.health.HealthError.SourceUnavailable;
import io.holisticos.health.MessageForOperators;
import io.holisticos.health.SourceName;
import io.holisticos.health.WhatFailed;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/** Each call of Redis behind a breaker and a bulkhead. A call that fails has no answer, and throws nothing. Thread-safe. */
final class RedisCommands {

    static final SourceName NAME = new SourceName("cache");

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** Requests that wait for a thread stop waiting in time, as those do that have one. */
    private static final int WAITING = 256;

    private final Command look;
    private final Command keep;
    private final Command tell;

    RedisCommands(Commands commands, RedisConfiguration configuration) {
        CommandConfiguration base = CommandConfiguration.defaults(Isolation.THREAD, configuration.timeout());
        int threads = configuration.connections();
        this.look = commands.add(
                NAME,
                new CommandKey("CACHE_LOOK"),
                new CommandConfiguration(
                        Isolation.THREAD,
                        base.timeout(),
                        base.semaphores(),
                        new Pool(threads, threads, WAITING, WAITING, base.pool().keepAlive()),
                        base.breaker()));
        CommandConfiguration unwaited = new CommandConfiguration(
                Isolation.SEMAPHORE, configuration.socketTimeout(), base.semaphores(), base.pool(), base.breaker());
        this.keep = commands.add(NAME, new CommandKey("CACHE_KEEP"), unwaited);
        this.tell = commands.add(NAME, new CommandKey("CACHE_TELL"), withShortSleep(unwaited));
    }

    /** What is not told yet keeps answers from being used, so that an end of the trouble is noticed soon. */
    private static CommandConfiguration withShortSleep(CommandConfiguration base) {
        Breaker breaker = base.breaker();
        return new CommandConfiguration(
                base.isolation(),
                base.timeout(),
                base.semaphores(),
                base.pool(),
                new Breaker(
                        breaker.requestVolume(),
                        breaker.errorPercentage(),
                        Duration.ofSeconds(1),
                        breaker.window(),
                        breaker.forced()));
    }

    <T> Outcome<T> look(Supplier<T> call) {
        return outcome(look, call);
    }

    <T> Outcome<T> keep(Supplier<T> call) {
        return outcome(keep, call);
    }

    <T> Outcome<T> tell(Supplier<T> call) {
        return outcome(tell, call);
    }

    /** What was answered, or why there is no answer. */
    record Outcome<T>(@Nullable T answer, @Nullable RuntimeException failure) {}

    private static <T> Outcome<T> outcome(Command command, Supplier<T> call) {
        try {
            Deadline deadline = Deadline.after(command.configuration().timeout());
            return new Outcome<>(command.run(deadline, () -> called(call)), null);
        } catch (RuntimeException e) {
            return new Outcome<>(null, e);
        }
    }

    /** Memory that a wrong length asks for is a failure of the call like any other. */
    private static <T> T called(Supplier<T> call) {
        try {
            return call.get();
        } catch (JedisException | IllegalStateException e) {
            throw new SourceUnavailable(NAME, RETRY_AFTER, explained(e));
        } catch (OutOfMemoryError | ClassCastException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new SourceUnavailable(NAME, RETRY_AFTER, new Refused("it answers what Redis does not", e));
        }
    }

    private static RuntimeException explained(RuntimeException e) {
        if (e instanceof JedisAccessControlException) {
            return new Refused("user or password refused, or not allowed to run scripts", e);
        }
        if (e instanceof JedisDataException) {
            String code = String.valueOf(e.getMessage()).split(" ", 2)[0];
            return new Refused(code.matches("[A-Z]{2,20}") ? "it refused with " + code : "it refused", e);
        }
        if (e instanceof IllegalStateException) {
            return new Refused("it answers what Redis does not", e);
        }
        return WhatFailed.of(e).isPresent() ? e : new Refused("it cannot be reached, or ended the connection", e);
    }

    /** Why Redis has no answer, without its own words, which may quote what it was asked. */
    private static final class Refused extends RuntimeException implements MessageForOperators {
        Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
