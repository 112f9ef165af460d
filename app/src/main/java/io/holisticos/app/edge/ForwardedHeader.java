package io.holisticos.app.edge;

import com.fasterxml.jackson.annotation.JsonProperty;

/** In which header proxies say where a request comes from. */
public enum ForwardedHeader {
    /** With {@code X-Forwarded-Proto} for the scheme. */
    @JsonProperty("X-Forwarded-For")
    X_FORWARDED_FOR,
    /** That of RFC 7239, with the scheme in it. */
    @JsonProperty("Forwarded")
    FORWARDED
}
