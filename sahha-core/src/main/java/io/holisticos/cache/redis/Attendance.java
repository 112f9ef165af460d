package io.holisticos.cache.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.holisticos.cache.redis.RedisScripts.Answer;
import io.holisticos.cache.redis.RedisScripts.Attending;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Whether this replica may use what is in Redis: only if somebody has heard of every change since it was kept. Replicas that
 * hear of changes keep a term alive, and what is kept belongs to its term; when the last of them ends, the term ends soon. A
 * newcomer waits until one of them has heard of all that came before it, or begins a term when there is none.
 *
 * <p>{@link #turn} is called by one thread, the rest by any.
 */
final class Attendance {

    /** Without word from anybody who attends. A newcomer that is alone waits for so long. */
    static final Duration TERM_LASTS = Duration.ofSeconds(5);

    static final Duration EVERY = Duration.ofSeconds(1);

    /** A notice is heard within 2 s, or the replica knows that it does not hear. */
    static final Duration HEARD_WITHIN = Duration.ofSeconds(3);

    private static final Duration NAMES_LAST = Duration.ofMinutes(1);
    private static final int RANDOM_BYTES = 16;

    private final SecureRandom random;
    private final Duration termLasts;
    private final LongSupplier nanoTime;
    private final Map<String, Long> newcomers = new HashMap<>();
    private volatile Standing standing;

    /** @param name of a newcomer; another one each time that it has to begin anew */
    private record Standing(boolean attends, String name) {}

    /** @param termLasts {@link #TERM_LASTS} */
    Attendance(SecureRandom random, Duration termLasts, LongSupplier nanoTime) {
        this.random = random;
        this.termLasts = termLasts;
        this.nanoTime = nanoTime;
        this.standing = newcomer();
    }

    boolean attends() {
        return standing.attends();
    }

    /** This replica may have missed changes, so it begins anew. */
    synchronized void leave() {
        standing = newcomer();
    }

    /** Says that this replica hears of changes, and that Redis was told of those it heard of. Returns whether it attends. */
    boolean turn(RedisScripts redis) {
        Standing before = standing;
        long now = nanoTime.getAsLong();
        Answer answer = redis.attend(
                new Attending(before.attends(), before.name(), mayBegin(now)), newWord(), termLasts, NAMES_LAST);
        if (answer.is(RedisScripts.LOST)) {
            return false;
        }
        welcome(answer.more(), now);
        if (answer.is(RedisScripts.ATTENDS)) {
            attend(before);
        }
        return standing.attends();
    }

    /** Unless changes were missed in the meantime. */
    private synchronized void attend(Standing before) {
        if (standing.equals(before)) {
            standing = new Standing(true, before.name());
        }
    }

    private List<String> mayBegin(long now) {
        return newcomers.entrySet().stream()
                .filter(one -> now - one.getValue() >= HEARD_WITHIN.toNanos())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void welcome(List<byte[]> names, long now) {
        Set<String> waiting =
                names.stream().map(name -> new String(name, UTF_8)).collect(Collectors.toSet());
        newcomers.keySet().retainAll(waiting);
        waiting.forEach(name -> newcomers.putIfAbsent(name, now));
    }

    private Standing newcomer() {
        return new Standing(false, new String(newWord(), US_ASCII));
    }

    /** A term, a generation or a name that nobody else has. */
    byte[] newWord() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes).getBytes(US_ASCII);
    }
}
