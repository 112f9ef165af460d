package io.holisticos.web;

import java.util.Set;

/** What a credential may do: the words in {@code @RolesAllowed} and in table {@code api_key}. */
public final class Scope {

    public static final String HEALTH_READ = "health:read";
    public static final String PREFERENCES_WRITE = "preferences:write";
    public static final String CONNECT = "connect";
    public static final String PRIVACY = "privacy";
    public static final String INTERNAL = "internal";
    public static final String OPERATOR = "operator";

    /** Everything there is. */
    public static final Set<String> ALL = Set.of(HEALTH_READ, PREFERENCES_WRITE, CONNECT, PRIVACY, INTERNAL, OPERATOR);

    private Scope() {}
}
