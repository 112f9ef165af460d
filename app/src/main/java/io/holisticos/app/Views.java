package io.holisticos.app;

import io.dropwizard.views.common.ViewBundle;
import java.util.Map;

/** Our pages. A template that fails is an error of ours like any other, and never a page that shows its insides. */
final class Views extends ViewBundle<HealthConfiguration> {

    @Override
    public Map<String, Map<String, String>> getViewConfiguration(HealthConfiguration configuration) {
        return Map.of("freemarker", Map.of("template_exception_handler", "rethrow"));
    }
}
