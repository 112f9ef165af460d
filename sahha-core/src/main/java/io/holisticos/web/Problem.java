package io.holisticos.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error of a new route, in the form of RFC 9457. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({"type", "title", "status", "detail", "instance", "code"})
public record Problem(
        @JsonProperty("type") String type,
        @JsonProperty("title") String title,
        @JsonProperty("status") int status,
        @JsonProperty("detail") String detail,
        @JsonProperty("instance") String instance,
        @JsonProperty("code") String code,
        @JsonProperty("retry_after_seconds") @Nullable Long retryAfterSeconds,
        @JsonProperty("connect_url") @Nullable String connectUrl,
        @JsonProperty("errors") @Nullable List<String> errors) {

    /** Reason phrases of HTTP that JAX-RS does not know. */
    private static final Map<Integer, String> OTHER_TITLES = Map.of(421, "Misdirected Request");

    /** The media type of errors of new routes. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** The problem of a request that none of our routes answered. */
    public static Problem ofStatus(int status, String detail, String instance) {
        String code = codeOf(status);
        return new Problem(typeOf(code), titleOf(status), status, detail, instance, code, null, null, null);
    }

    /** A problem with a specific code. */
    public static Problem of(
            int status, String code, String detail, String instance, @Nullable Long retryAfterSeconds) {
        return new Problem(
                typeOf(code), titleOf(status), status, detail, instance, code, retryAfterSeconds, null, null);
    }

    /** The reason phrase of a status. */
    public static String titleOf(int status) {
        Response.Status known = Response.Status.fromStatusCode(status);
        return known == null ? OTHER_TITLES.getOrDefault(status, "Error") : known.getReasonPhrase();
    }

    static String codeOf(int status) {
        if (status == 400) {
            return "invalid_request"; // the same code for all invalid requests
        }
        String title = titleOf(status);
        String words = title.equals("Error") ? "error " + status : title;
        return words.toLowerCase(Locale.ROOT).replace(' ', '_').replace('-', '_');
    }

    static String typeOf(String code) {
        return "urn:unified-health:problem:" + code;
    }
}
