package io.holisticos.whoop.connect;

import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.holisticos.pages.Pages;

/** Every route of this package. */
public final class ConnectRoutes {

    private ConnectRoutes() {}

    public static void register(
            JerseyEnvironment jersey,
            ConnectFlow flow,
            ConnectConfiguration configuration,
            SignedInMember signedIn,
            Pages pages) {
        jersey.register(new ConnectResource(flow));
        jersey.register(new BrowserResource(flow, configuration, signedIn, pages));
        jersey.register(new OAuthResource(flow));
    }
}
