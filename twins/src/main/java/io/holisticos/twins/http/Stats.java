package io.holisticos.twins.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

/** Counts calls by endpoint, member and outcome, and how many came within a minute. Control routes do not count. */
public final class Stats {
    private static final Duration MINUTE = Duration.ofSeconds(60);

    private final Clock clock;
    private final String prefixOfMinute;
    private final Map<Key, LongAdder> counts = new ConcurrentHashMap<>();
    private final Deque<Instant> recent = new ArrayDeque<>();
    private int mostInMinute;
    private volatile Consumer<AnsweredCall> listener = call -> {};

    Stats(Clock clock, String prefixOfMinute) {
        this.clock = clock;
        this.prefixOfMinute = prefixOfMinute;
    }

    /**
     * A call that was answered.
     *
     * @param at by the twin's clock
     * @param endpoint worded like {@code GET /developer/v2/cycle/{cycleId}}
     * @param member the empty text stands for "unknown"
     * @param outcome a status such as {@code 200}, or {@code hang}, {@code reset}, {@code dropped}
     */
    public record AnsweredCall(Instant at, String endpoint, String member, String outcome) {}

    /** Sets the listener for every call from now on, which runs on the thread that answers. */
    public void onCall(Consumer<AnsweredCall> other) {
        listener = other;
    }

    /** All calls answered (or left hanging) so far. */
    public long calls() {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Calls of that endpoint, worded like {@code GET /developer/v2/cycle/{cycleId}}. */
    public long calls(String endpoint) {
        return sum(Key::endpoint).getOrDefault(endpoint, 0L);
    }

    /** Calls whose path pattern begins like that. */
    public long callsBelow(String path) {
        return callsByEndpoint(path).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Calls whose path pattern begins like that, by endpoint. */
    public Map<String, Long> callsByEndpoint(String path) {
        return sumBelow(path, Key::endpoint);
    }

    /** Calls whose path pattern begins like that, by member; the empty text stands for "unknown". */
    public Map<String, Long> callsByMember(String path) {
        return sumBelow(path, Key::member);
    }

    /** Calls that ended that way: a status such as {@code 200}, or {@code hang}, {@code reset}, {@code dropped}. */
    public long callsAnswered(String outcome) {
        return sum(Key::outcome).getOrDefault(outcome, 0L);
    }

    /** The most calls below the service's own path prefix that ever arrived within 60 s of the twin's clock. */
    public synchronized int maxCallsIn60s() {
        return mostInMinute;
    }

    /** Forgets all counts. */
    public synchronized void clear() {
        counts.clear();
        clearMinute();
    }

    /** Forgets the most calls within a minute. */
    public synchronized void clearMinute() {
        recent.clear();
        mostInMinute = 0;
    }

    synchronized void arrived(Call call) {
        if (!call.path().startsWith(prefixOfMinute)) {
            return;
        }
        Instant now = clock.instant();
        recent.addLast(now);
        Instant windowStart = now.minus(MINUTE);
        while (!recent.getFirst().isAfter(windowStart)) {
            recent.removeFirst();
        }
        mostInMinute = Math.max(mostInMinute, recent.size());
    }

    void answered(Call call, String outcome) {
        counts.computeIfAbsent(new Key(call.endpoint(), call.member(), outcome), key -> new LongAdder())
                .increment();
        listener.accept(new AnsweredCall(clock.instant(), call.endpoint(), call.member(), outcome));
    }

    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("calls", calls());
        json.put("max_calls_in_60s", maxCallsIn60s());
        json.put("by_status", sum(Key::outcome));
        json.put("by_member", sum(Key::member));
        Map<String, Map<String, Long>> byEndpoint = new TreeMap<>();
        counts.forEach((key, count) -> byEndpoint
                .computeIfAbsent(key.endpoint(), endpoint -> new TreeMap<>())
                .merge(key.outcome(), count.sum(), Long::sum));
        json.put("by_endpoint", byEndpoint);
        Map<String, Map<String, Map<String, Long>>> detailed = new TreeMap<>();
        counts.forEach((key, count) -> detailed.computeIfAbsent(key.endpoint(), endpoint -> new TreeMap<>())
                .computeIfAbsent(key.member(), member -> new TreeMap<>())
                .merge(key.outcome(), count.sum(), Long::sum));
        json.put("by_endpoint_member_status", detailed);
        return json;
    }

    private Map<String, Long> sum(Function<Key, String> by) {
        return sumBelow("", by);
    }

    private Map<String, Long> sumBelow(String path, Function<Key, String> by) {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((key, count) -> {
            if (key.isBelow(path)) {
                sums.merge(by.apply(key), count.sum(), Long::sum);
            }
        });
        return sums;
    }

    private record Key(String endpoint, String member, String outcome) {
        /** The endpoint is a method, a space and a path. */
        private boolean isBelow(String path) {
            return endpoint.startsWith(path, endpoint.indexOf(' ') + 1);
        }
    }
}
