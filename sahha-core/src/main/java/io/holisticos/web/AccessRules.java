package io.holisticos.web;

import io.dropwizard.auth.Authorizer;
import io.holisticos.health.HealthError.Forbidden;
import io.holisticos.health.HealthError.Unauthenticated;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The only place that decides who may do what. It decides before body, parameters and existence are examined. */
public final class AccessRules implements Authorizer<Caller> {

    @Override
    public boolean authorize(Caller caller, String scope, @Nullable ContainerRequestContext request) {
        if (!caller.may(scope)) {
            throw new Forbidden("this needs a credential with scope " + scope);
        }
        return true;
    }

    /** For routes that need a credential only in some modes: the existing paths. */
    public void require(Optional<Caller> caller, String scope) {
        authorize(
                caller.orElseThrow(() -> new Unauthenticated("this needs a credential: " + ApiKeys.HEADER)),
                scope,
                null);
    }
}
