package io.holisticos.app;

import io.dropwizard.views.common.ViewBundle;
import io.holisticos.pages.Pages;
import java.util.Map;

/**
 * Registers the templates of our pages. A template that fails is answered like any other fault of ours, and never shows
 * a half page or its internals.
 */
final class Views extends ViewBundle<HealthConfiguration> {

    @Override
    public Map<String, Map<String, String>> getViewConfiguration(HealthConfiguration configuration) {
        return Map.of("freemarker", Pages.RENDERING);
    }
}
