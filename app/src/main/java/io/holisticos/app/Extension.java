package io.holisticos.app;

import io.dropwizard.core.setup.Environment;
import io.holisticos.pages.Pages;

/**
 * What a program that starts the service adds to it, such as the sandbox its front door. Its routes are of no product: they are
 * in no API document, and closed to everybody unless they say whom they are open to.
 */
@FunctionalInterface
public interface Extension {

    Extension NONE = (environment, pages) -> {};

    /**
     * Registers more, after everything of the service is registered.
     *
     * @param pages those of the service: their layout, brand and files
     */
    void addTo(Environment environment, Pages pages);
}
