package io.holisticos.web;

import java.util.Set;

/** The scopes of a credential, as in {@code @RolesAllowed} and in table {@code api_key}. */
public final class Scope {

    public static final String HEALTH_READ = "health:read";
    public static final String PREFERENCES_WRITE = "preferences:write";
    public static final String CONNECT = "connect";
    public static final String PRIVACY = "privacy";
    public static final String INTERNAL = "internal";
    public static final String OPERATOR = "operator";

    /** Reading on the admin port. */
    public static final String METRICS = "metrics";

    /** All scopes. */
    public static final Set<String> ALL =
            Set.of(HEALTH_READ, PREFERENCES_WRITE, CONNECT, PRIVACY, INTERNAL, OPERATOR, METRICS);

    /** What a member may do with their own things. */
    public static final Set<String> OF_MEMBERS = Set.of(HEALTH_READ, PREFERENCES_WRITE, CONNECT);

    private Scope() {}
}
