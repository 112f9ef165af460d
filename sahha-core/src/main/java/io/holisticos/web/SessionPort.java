package io.holisticos.web;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One of our two ports. Cookies ignore ports, so each port has a session cookie of its own, whose session is valid nowhere
 * else.
 */
public enum SessionPort {
    /** Where callers of health data come in. What operators and other services may do is never done by a browser here. */
    API("__Host-session", Set.of(Scope.HEALTH_READ, Scope.PREFERENCES_WRITE, Scope.CONNECT, Scope.PRIVACY)),

    /** Where operators come in. */
    ADMIN("__Host-admin-session", Set.of(Scope.OPERATOR, Scope.METRICS));

    private final String cookieName;
    private final Set<String> scopes;

    /**
     * One port.
     *
     * @param cookieName with a prefix by which browsers accept the cookie only over https, from its own host and for all paths
     * @param scopes all that a session may have
     */
    SessionPort(String cookieName, Set<String> scopes) {
        this.cookieName = cookieName;
        this.scopes = scopes;
    }

    String cookieName() {
        return cookieName;
    }

    /** In table {@code browser_session}. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The same caller, with what a session of this port may do. */
    Caller narrowed(Caller caller) {
        Set<String> both = caller.scopes().stream().filter(scopes::contains).collect(Collectors.toUnmodifiableSet());
        return caller.with(both);
    }
}
