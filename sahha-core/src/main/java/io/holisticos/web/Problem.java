package io.holisticos.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An error of a new route, by RFC 9457. */
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

    /** The media type of errors of new routes. */
    public static final String MEDIA_TYPE = "application/problem+json";

    static String typeOf(String code) {
        return "urn:unified-health:problem:" + code;
    }
}
