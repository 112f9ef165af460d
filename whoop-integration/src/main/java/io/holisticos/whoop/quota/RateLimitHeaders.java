package io.holisticos.whoop.quota;

import io.holisticos.outbound.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a reply says of WHOOP's counting (developer site, "Rate Limiting", read 2026-10), such as
 * {@code X-RateLimit-Limit: 100, 100;window=60, 10000;window=86400}: first the limit nearest to being hit, which the
 * other two headers are about, then all limits. Read leniently: a header that makes no sense is as good as absent.
 *
 * @param window the one nearest to being hit
 * @param remaining calls left in it, ours and everybody else's with our client id
 * @param reset until it starts anew
 */
record RateLimitHeaders(Window window, Optional<Integer> remaining, Optional<Duration> reset) {

    private static final Pattern ENTRY = Pattern.compile("\\s*(\\d{1,9})\\s*(;.*)?");
    private static final Pattern SECONDS = Pattern.compile(";\\s*w(?:indow)?\\s*=\\s*\"?(\\d{1,9})");

    static RateLimitHeaders of(Reply reply) {
        Optional<Integer> remaining = number(reply, "X-RateLimit-Remaining");
        Optional<Integer> reset = number(reply, "X-RateLimit-Reset");
        Window window = nearest(String.join(",", reply.headers().getOrDefault("X-RateLimit-Limit", List.of())))
                .or(() -> reset.map(Window::lasting))
                .orElse(Window.MINUTE);
        return new RateLimitHeaders(window, remaining, reset.map(seconds -> Duration.ofSeconds(seconds)));
    }

    private static Optional<Window> nearest(String limits) {
        String[] entries = limits.split(",", -1);
        Matcher first = ENTRY.matcher(entries[0]);
        if (!first.matches()) {
            return Optional.empty();
        }
        for (String entry : entries) {
            Matcher limit = ENTRY.matcher(entry);
            Matcher seconds = SECONDS.matcher(entry);
            if (limit.matches() && limit.group(1).equals(first.group(1)) && seconds.find()) {
                return Optional.of(Window.lasting(Long.parseLong(seconds.group(1))));
            }
        }
        return Optional.empty();
    }

    private static Optional<Integer> number(Reply reply, String header) {
        return reply.header(header)
                .map(String::strip)
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Integer::valueOf);
    }
}
