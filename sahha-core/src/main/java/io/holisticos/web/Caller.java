package io.holisticos.web;

import java.security.Principal;
import java.util.Set;

/**
 * The service that calls us, known by its key.
 *
 * @param name the name of the key, for people and logs; not a secret
 */
public record Caller(String name, Set<String> scopes) implements Principal {

    public Caller {
        scopes = Set.copyOf(scopes);
    }

    @Override
    public String getName() {
        return name;
    }

    public boolean may(String scope) {
        return scopes.contains(scope);
    }
}
