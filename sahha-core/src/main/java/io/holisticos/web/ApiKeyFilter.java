package io.holisticos.web;

import io.dropwizard.auth.AuthFilter;
import io.holisticos.health.HealthError.Unauthenticated;
import jakarta.annotation.Priority;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;

/** Lets in to routes with scopes whom {@link AccessRules} know by the credential of the request. */
@Priority(Priorities.AUTHENTICATION)
final class ApiKeyFilter extends AuthFilter<Credentials, Caller> {

    private ApiKeyFilter() {}

    @Override
    public void filter(ContainerRequestContext request) {
        Credentials shown = Credentials.of(SessionPort.API, request.getMethod(), request.getHeaders()::get);
        if (!authenticate(request, shown, ApiKeys.HEADER)) {
            // the type that optional authentication ignores
            throw new NotAuthorizedException(new Unauthenticated(shown.refusal()), "ApiKey");
        }
    }

    static AuthFilter<Credentials, Caller> with(AccessRules rules) {
        return new Builder().setAuthenticator(rules).setAuthorizer(rules).buildAuthFilter();
    }

    private static final class Builder extends AuthFilterBuilder<Credentials, Caller, ApiKeyFilter> {
        @Override
        protected ApiKeyFilter newInstance() {
            return new ApiKeyFilter();
        }
    }
}
