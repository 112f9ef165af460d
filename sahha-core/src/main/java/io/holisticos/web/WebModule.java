package io.holisticos.web;

import io.dropwizard.auth.AuthDynamicFeature;
import io.dropwizard.auth.AuthValueFactoryProvider;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.audit.SecurityEvents;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.server.filter.RolesAllowedDynamicFeature;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;

/** Registers what all routes share. */
public final class WebModule {

    private WebModule() {}

    /** The server's own exception mappers must be off: {@code server.registerDefaultExceptionMappers: false}. */
    public static void register(JerseyEnvironment jersey, AccessRules rules, SecurityEvents security) {
        jersey.register(new AuthDynamicFeature(ApiKeyFilter.with(rules)));
        jersey.register(RolesAllowedDynamicFeature.class);
        jersey.register(new ClosedByDefault());
        jersey.register(new AuthValueFactoryProvider.Binder<>(Caller.class));
        jersey.register(new ErrorMapper(security));
        jersey.register(new ValueTypes());
        jersey.register(new UnreadableBodies());
        jersey.register(new PlainMediaTypes());
        jersey.register(new AbstractBinder() {
            @Override
            protected void configure() {
                bind(new RequestParameters()).to(ValueParamProvider.class);
            }
        });
    }
}
