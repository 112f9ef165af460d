package io.holisticos.sandbox.door;

import io.dropwizard.core.setup.Environment;
import io.holisticos.app.Extension;
import io.holisticos.pages.Pages;
import io.holisticos.sandbox.environment.AppSettings;

/** {@code /sandbox}, which only the sandbox has. */
public final class Door implements Extension {

    /** Where it is, on the app's port. */
    public static final String PATH = "/sandbox";

    private final AppSettings settings;
    private final String key;

    /** @param key a service key with every scope */
    public Door(AppSettings settings, String key) {
        this.settings = settings;
        this.key = key;
    }

    @Override
    public void addTo(Environment environment, Pages pages) {
        Calls calls = new Calls(settings, key);
        environment.jersey().register(new DoorResource(pages, new Doings(calls), calls, DoorPage.Links.of(settings)));
    }
}
