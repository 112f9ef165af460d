package io.holisticos.whoop.connect;

import io.dropwizard.jersey.setup.JerseyEnvironment;

/** Every route of this package. The pages need Dropwizard's {@code ViewBundle}. */
public final class ConnectRoutes {

    private ConnectRoutes() {}

    public static void register(
            JerseyEnvironment jersey, ConnectFlow flow, ConnectConfiguration configuration, SignedInMember signedIn) {
        jersey.register(new ConnectResource(flow));
        jersey.register(new BrowserResource(flow, configuration, signedIn));
        jersey.register(new OAuthResource(flow));
    }
}
