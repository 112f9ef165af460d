package io.holisticos.web;

import java.time.Duration;
import java.util.List;

/** The cookie that a browser's session is known by, as headers have it (RFC 6265). */
public final class SessionCookie {

    /** No script reads it, no other site's page sends it along, and it travels only where nobody reads along. */
    private static final String KEPT = "; Path=/; Secure; HttpOnly; SameSite=Strict";

    private final String name;

    private SessionCookie(String name) {
        this.name = name;
    }

    public static SessionCookie of(SessionPort port) {
        return new SessionCookie(port.cookieName());
    }

    /** The value of {@code Set-Cookie} by which a browser keeps the secret. */
    public String set(String secret, Duration lifetime) {
        return name + '=' + secret + "; Max-Age=" + lifetime.toSeconds() + KEPT;
    }

    /** The value of {@code Set-Cookie} by which a browser forgets it. */
    public String forget() {
        return name + "=; Max-Age=0" + KEPT;
    }

    /** The different values that a request sends. */
    public List<String> valuesIn(List<String> cookieHeaders) {
        return RequestCookies.in(cookieHeaders).named(name);
    }
}
