package io.holisticos.web;

import io.dropwizard.auth.AuthFilter;
import io.holisticos.health.HealthError.Unauthenticated;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;

/** Authenticates requests by the header {@code X-API-Key}. */
@Priority(Priorities.AUTHENTICATION)
final class ApiKeyFilter extends AuthFilter<String, Caller> {

    private ApiKeyFilter() {}

    @Override
    public void filter(ContainerRequestContext request) {
        String key = request.getHeaderString(ApiKeys.HEADER);
        if (!authenticate(request, key, ApiKeys.HEADER)) {
            Unauthenticated why = new Unauthenticated(
                    key == null ? "this needs a credential: " + ApiKeys.HEADER : "this key is not known");
            throw new NotAuthorizedException(why, "ApiKey"); // the type that optional authentication ignores
        }
    }

    static AuthFilter<String, Caller> with(ApiKeys keys, AccessRules rules) {
        return new Builder().setAuthenticator(keys).setAuthorizer(rules).buildAuthFilter();
    }

    private static final class Builder extends AuthFilterBuilder<String, Caller, ApiKeyFilter> {
        @Override
        protected ApiKeyFilter newInstance() {
            return new ApiKeyFilter();
        }
    }
}
