package io.holisticos.app.access;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/**
 * The requests of one network to one route, as far as they stand alike.
 *
 * @param standing what enforce would say to them: let_in, without_credential, unknown_credential or missing_scope
 */
public record ObservedCaller(
        @JsonProperty("route") String route,
        @JsonProperty("standing") String standing,
        @JsonProperty("address_prefix") String addressPrefix,
        @JsonProperty("requests") long requests,
        @JsonProperty("first_at") Instant firstAt,
        @JsonProperty("last_at") Instant lastAt) {}
