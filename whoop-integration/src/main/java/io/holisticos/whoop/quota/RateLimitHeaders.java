package io.holisticos.whoop.quota;

import io.holisticos.outbound.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a reply says of WHOOP's counting (developer site, "Rate Limiting", read 2026-10), such as
 * {@code X-RateLimit-Limit: 100, 100;window=60, 10000;window=86400}: first the limit nearest to being hit, which the
 * other two headers are about, then all limits. Read leniently: a header that makes no sense is as good as absent, and
 * nothing reaches further than the window it is about.
 *
 * @param window the one nearest to being hit
 * @param allowed how many calls WHOOP allows in it
 * @param remaining calls left in it, ours and everybody else's with our client id
 * @param reset until it starts anew
 * @param retryAfter how long WHOOP asks us to stay away
 * @param ignored how many headers made no sense, or more of a claim than they can
 */
record RateLimitHeaders(
        QuotaWindow window,
        Optional<Integer> allowed,
        Optional<Integer> remaining,
        Optional<Duration> reset,
        Optional<Duration> retryAfter,
        int ignored) {

    private static final Pattern ENTRY = Pattern.compile("\\s*(\\d{1,9})\\s*(;.*)?");
    private static final Pattern SECONDS = Pattern.compile(";\\s*w(?:indow)?\\s*=\\s*\"?(\\d{1,9})");

    static RateLimitHeaders of(Reply reply) {
        return new Reader(reply).read();
    }

    /** For how long a 429 is to be believed; empty when it does not say. */
    Optional<Duration> block() {
        return retryAfter.or(() -> reset);
    }

    private record Nearest(@Nullable QuotaWindow window, int allowed) {}

    /** Counts what it could not use. */
    private static final class Reader {

        private final Reply reply;
        private int ignored;

        Reader(Reply reply) {
            this.reply = reply;
        }

        RateLimitHeaders read() {
            Optional<Nearest> nearest = nearest();
            Optional<Duration> reset = seconds("X-RateLimit-Reset").filter(this::fitsAnyWindow);
            Optional<Duration> retryAfter = seconds("Retry-After");
            QuotaWindow window = nearest.map(Nearest::window)
                    .or(() -> reset.or(() -> retryAfter).map(span -> QuotaWindow.lasting(span.toSeconds())))
                    .orElse(QuotaWindow.MINUTE);
            Optional<Integer> allowed = nearest.filter(limit -> limit.window() != null)
                    .map(Nearest::allowed)
                    .filter(most -> most > 0);
            return new RateLimitHeaders(
                    window,
                    allowed,
                    number("X-RateLimit-Remaining").filter(left -> isPartOf(allowed, left)),
                    reset.filter(span -> fits(span, window)),
                    retryAfter.map(span -> fits(span, window) ? span : window.length),
                    ignored);
        }

        private Optional<Nearest> nearest() {
            List<String> values = reply.headers().getOrDefault("X-RateLimit-Limit", List.of());
            if (values.isEmpty()) {
                return Optional.empty();
            }
            String[] entries = String.join(",", values).split(",", -1);
            Matcher first = ENTRY.matcher(entries[0]);
            if (!first.matches()) {
                ignored++;
                return Optional.empty();
            }
            int allowed = Integer.parseInt(first.group(1));
            for (String entry : entries) {
                Matcher limit = ENTRY.matcher(entry);
                Matcher seconds = SECONDS.matcher(entry);
                if (limit.matches() && limit.group(1).equals(first.group(1)) && seconds.find()) {
                    return Optional.of(new Nearest(QuotaWindow.lasting(Long.parseLong(seconds.group(1))), allowed));
                }
            }
            return Optional.of(new Nearest(null, allowed));
        }

        private Optional<Duration> seconds(String header) {
            return number(header).map(Duration::ofSeconds);
        }

        private Optional<Integer> number(String header) {
            List<String> values = reply.headers().getOrDefault(header, List.of());
            if (values.isEmpty()) {
                return Optional.empty();
            }
            String text = values.get(0).strip();
            if (values.size() > 1 || !text.matches("\\d{1,9}")) { // such as -1, a date, or an epoch, or two answers
                ignored++;
                return Optional.empty();
            }
            return Optional.of(Integer.valueOf(text));
        }

        private boolean fitsAnyWindow(Duration span) {
            return fits(span, QuotaWindow.DAY);
        }

        private boolean fits(Duration span, QuotaWindow window) {
            return heeded(span.compareTo(window.length) <= 0);
        }

        private boolean isPartOf(Optional<Integer> allowed, int remaining) {
            return heeded(allowed.isEmpty() || remaining <= allowed.get());
        }

        private boolean heeded(boolean makesSense) {
            if (!makesSense) {
                ignored++;
            }
            return makesSense;
        }
    }
}
