package io.holisticos.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.holisticos.cache.RedisConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * What is asked of Redis: each is one script, which Redis runs as one. Beside its answer each gives the count of changes that
 * Redis was told of. It only rises; a Redis whose count fell has lost changes, and then forgets everything. Thread-safe.
 */
final class RedisScripts implements AutoCloseable {

    static final String KEPT = "kept";
    static final String NONE = "none";
    static final String ATTENDS = "attends";
    static final String LOST = "lost";

    private static final Script LOOK = new Script("look.lua");
    private static final Script KEEP = new Script("keep.lua");
    private static final Script TELL = new Script("tell.lua");
    private static final Script ATTEND = new Script("attend.lua");

    private final RedisClient redis;
    private final byte[] term;
    private final byte[] count;
    private final byte[] newcomers;
    private final String prefix;
    private final AtomicLong seen = new AtomicLong();

    /** @param prefix of all keys */
    RedisScripts(RedisConfiguration configuration, String prefix) {
        this.redis = client(configuration);
        this.prefix = prefix;
        this.term = bytes(prefix + "term");
        this.count = bytes(prefix + "count");
        this.newcomers = bytes(prefix + "newcomers");
    }

    /** An answer in a word, and what belongs to it. */
    record Answer(String word, List<byte[]> more) {

        boolean is(String other) {
            return word.equals(other);
        }
    }

    /** A script behind its guard. It goes over the wire once, and after that by its hash. */
    private record Script(byte[] text, byte[] hash) {

        Script(String file) {
            this(bytes(read("guard.lua") + read(file)));
        }

        private Script(byte[] text) {
            this(text, bytes(hash(text)));
        }

        /** How Redis names a script; that anybody could make another one with the same name is of no matter here. */
        private static String hash(byte[] text) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-1").digest(text));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-1", e);
            }
        }

        private static String read(String file) {
            try (InputStream in = RedisScripts.class.getResourceAsStream(file)) {
                if (in == null) {
                    throw new IllegalStateException("there is no " + file);
                }
                return new String(in.readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Answers {@link #KEPT} with the answer, or {@link #NONE} with term and generation, or another word: neither. */
    Answer look(String member, byte[] question, byte[] newGeneration, Duration generationLasts) {
        return run(
                LOOK, List.of(term, count, member(member)), List.of(question, newGeneration, millis(generationLasts)));
    }

    /** Answers {@link #KEPT} if nothing was told of the member since. */
    Answer keep(String member, byte[] question, byte[] answer, RedisTicket ticket, Duration lasts, int mostAnswers) {
        return run(
                KEEP,
                List.of(term, count, member(member)),
                List.of(
                        question,
                        answer,
                        ticket.term(),
                        ticket.generation(),
                        millis(lasts),
                        bytes(Integer.toString(mostAnswers))));
    }

    /** Forgets these members, or everybody. */
    Answer tell(List<String> members, boolean everybody) {
        List<byte[]> keys = new ArrayList<>(List.of(term, count));
        members.forEach(member -> keys.add(member(member)));
        return run(TELL, keys, List.of(bytes(everybody ? "1" : "0")));
    }

    /**
     * Says that this replica hears of every change.
     *
     * @param attends whether it does so since before the present term began
     * @param name by which it is known while it does not
     * @param mayBegin newcomers since whose coming it has heard of every change
     */
    record Attending(boolean attends, String name, List<String> mayBegin) {}

    /**
     * Answers {@link #ATTENDS} if this replica does from now on. With it come the names of newcomers who wait.
     *
     * @param newTerm a term that there never was
     */
    Answer attend(Attending who, byte[] newTerm, Duration termLasts, Duration namesLast) {
        List<byte[]> arguments = new ArrayList<>(List.of(
                newTerm, millis(termLasts), bytes(who.attends() ? "1" : "0"), bytes(who.name()), millis(namesLast)));
        who.mayBegin().forEach(name -> arguments.add(bytes(name)));
        return run(ATTEND, List.of(term, count, newcomers), arguments);
    }

    /** Opens connections anew: those there are may lead to a server that is gone, or that only reads now. */
    void reconnect() {
        redis.getPool().clear();
    }

    private Answer run(Script script, List<byte[]> keys, List<byte[]> arguments) {
        List<byte[]> all = new ArrayList<>();
        all.add(bytes(Long.toString(seen.get())));
        all.addAll(arguments);
        Object reply;
        try {
            reply = redis.evalsha(script.hash(), keys, all);
        } catch (JedisNoScriptException e) {
            reply = redis.eval(script.text(), keys, all);
        }
        return answer(reply);
    }

    private Answer answer(Object reply) {
        if (!(reply instanceof List<?> parts)
                || parts.size() < 2
                || !(parts.get(0) instanceof Long counted)
                || !parts.stream().skip(1).allMatch(byte[].class::isInstance)) {
            throw new IllegalStateException("that is no answer of ours"); // never what it says
        }
        seen.accumulateAndGet(counted, Math::max);
        List<byte[]> words = parts.stream().skip(1).map(byte[].class::cast).toList();
        return new Answer(new String(words.get(0), UTF_8), words.subList(1, words.size()));
    }

    private byte[] member(String name) {
        return bytes(prefix + "member:" + name);
    }

    private static byte[] millis(Duration duration) {
        return bytes(Long.toString(duration.toMillis()));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static RedisClient client(RedisConfiguration configuration) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(configuration.connections() + 1); // and one for what is told
        pool.setMaxIdle(configuration.connections() + 1);
        pool.setMaxWait(configuration.socketTimeout());
        pool.setTimeBetweenEvictionRuns(
                Duration.ofMillis(-1)); // broken ones are noticed by use, so no thread looks for them
        pool.setTestWhileIdle(false);
        pool.setJmxEnabled(false);
        int timeout = (int) configuration.socketTimeout().toMillis();
        DefaultJedisClientConfig.Builder client = DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(timeout)
                .socketTimeoutMillis(timeout)
                .user(JedisURIHelper.getUser(configuration.uri()))
                .password(JedisURIHelper.getPassword(configuration.uri()))
                .database(JedisURIHelper.getDBIndex(configuration.uri()));
        if (JedisURIHelper.isRedisSSLScheme(configuration.uri())) {
            client.sslOptions(SslOptions.defaults()); // with the name of the host verified
        }
        return RedisClient.builder()
                .hostAndPort(configuration.uri().getHost(), configuration.port())
                .clientConfig(client.build())
                .poolConfig(pool)
                .build();
    }

    @Override
    public void close() {
        redis.close();
    }
}
