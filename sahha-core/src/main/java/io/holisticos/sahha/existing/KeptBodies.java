package io.holisticos.sahha.existing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.cache.MemberCache;
import io.holisticos.health.UserId;
import io.holisticos.notice.MemberNotices;
import io.holisticos.sahha.api.SahhaApi;
import io.holisticos.trace.RequestContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Bodies that were written before, for as long as they would be written alike. While changes are not heard of, each is read anew.
 * Thread-safe.
 */
final class KeptBodies {

    /** What a kept body takes beside its bytes, roughly: its question, and its place. */
    private static final int OVERHEAD = 200;

    private final MemberCache<Record, byte[]> cache;
    private final MemberNotices notices;
    private final ObjectMapper mapper;
    private final Clock clock;

    KeptBodies(MemberCache<Record, byte[]> cache, MemberNotices notices, ObjectMapper mapper, Clock clock) {
        this.cache = cache;
        this.notices = notices;
        this.mapper = mapper;
        this.clock = clock;
        notices.tell(cache);
    }

    /**
     * What a body is written of.
     *
     * @param goodUntil the first moment at which time alone may make it another; {@link Instant#MIN} for one that is not kept
     */
    record Answer<T>(T content, Instant goodUntil) {}

    /**
     * The body that answers this.
     *
     * @param question with everything that decides the body of a member; its type is of one path
     */
    <T> byte[] body(UserId who, Record question, Supplier<Answer<T>> reading, Function<T, Object> written) {
        if (!notices.areHeard()) {
            return bytes(written.apply(reading.get().content()));
        }
        long begun = System.nanoTime();
        Instant now = clock.instant();
        byte[] kept = cache.find(who, question, now);
        if (kept != null) {
            RequestContext.noteSource(SahhaApi.SAHHA.value(), "ok", Duration.ofNanos(System.nanoTime() - begun));
            return kept;
        }
        MemberCache.Ticket ticket = cache.begin(who, now);
        Answer<T> answer = reading.get();
        byte[] body = bytes(written.apply(answer.content()));
        cache.keep(ticket, question, body, body.length + OVERHEAD, answer.goodUntil());
        return body;
    }

    private byte[] bytes(Object body) {
        try {
            return mapper.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a body can always be written", e);
        }
    }
}
