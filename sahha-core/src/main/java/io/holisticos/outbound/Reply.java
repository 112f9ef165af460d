package io.holisticos.outbound;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.holisticos.health.HealthError.BadSourceReply;
import io.holisticos.health.SourceName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A complete reply with its body.
 *
 * @param headers by name, case-insensitive; the values of one name in order of arrival
 */
public record Reply(SourceName from, int status, Map<String, List<String>> headers, byte[] body) {

    /** No limit of ours or theirs lasts longer than a day. A longer time is wrong, and adding it to a moment may overflow. */
    private static final Duration LONGEST = Duration.ofDays(1);

    public Reply {
        Map<String, List<String>> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = anyCase;
    }

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    public boolean isEmpty() {
        return body.length == 0;
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name))
                .flatMap(values -> values.stream().findFirst());
    }

    /**
     * How long the other side asks us to wait: {@code Retry-After} in seconds, else at 429 {@code X-RateLimit-Reset} (WHOOP:
     * seconds until the window resets; sent with every reply, so it means nothing at other statuses). Anything but a number of
     * seconds is ignored, and the wait is at most a day.
     */
    public Optional<Duration> retryAfter() {
        return header("Retry-After")
                .flatMap(Reply::seconds)
                .map(asked -> asked.compareTo(LONGEST) > 0 ? LONGEST : asked)
                .or(() -> status == 429
                        ? header("X-RateLimit-Reset")
                                .flatMap(Reply::seconds)
                                .filter(reset -> reset.compareTo(LONGEST) <= 0) // more would be a date
                        : Optional.empty());
    }

    /** @throws BadSourceReply when the reply is HTML: it comes from an edge or proxy, not from the API */
    public void requireNoHtml() {
        String type = header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (type.startsWith("text/html")) {
            throw new BadSourceReply(from, "HTML with status " + status);
        }
    }

    /** Whether the body is empty or JSON {@code null}. */
    public boolean isNull() {
        String text = body.length > 100 ? "" : new String(body, StandardCharsets.UTF_8).strip();
        return body.length <= 100 && (text.isEmpty() || text.equals("null"));
    }

    /** @throws BadSourceReply when the body is not JSON of this form */
    public <T> T decode(ObjectMapper mapper, TypeReference<T> form) {
        requireNoHtml();
        try {
            T value = mapper.readValue(body, form);
            if (value == null) {
                throw new BadSourceReply(from, "null with status " + status);
            }
            return value;
        } catch (JsonProcessingException e) {
            e.clearLocation(); // its message would quote the body
            throw new BadSourceReply(from, "not the documented JSON, status " + status);
        } catch (NumberFormatException e) { // an exponent that no decimal has; the message quotes the body
            throw new BadSourceReply(from, "not the documented JSON, status " + status);
        } catch (IOException e) {
            throw new BadSourceReply(from, "unreadable, status " + status, e);
        }
    }

    private static Optional<Duration> seconds(String text) {
        try {
            long seconds = Long.parseLong(text.strip());
            return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
        } catch (NumberFormatException e) { // our sources do not use the HTTP-date form
            return Optional.empty();
        }
    }

    /** Bodies hold health data, so only the size is printed. */
    @Override
    public String toString() {
        return "Reply[" + from + " " + status + ", " + body.length + " bytes]";
    }
}
