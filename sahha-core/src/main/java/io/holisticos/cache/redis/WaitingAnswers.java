package io.holisticos.cache.redis;

import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Answers that were read and are to be kept in Redis. When there are too many, some are not kept. Thread-safe. */
final class WaitingAnswers {

    private static final int MOST = 64;

    private final Queue<One> answers = new ArrayBlockingQueue<>(MOST);

    record One(RedisTicket ticket, String question, byte[] answer, Instant until) {}

    void add(One one) {
        boolean unused = answers.offer(one);
    }

    @Nullable
    One next() {
        return answers.poll();
    }
}
