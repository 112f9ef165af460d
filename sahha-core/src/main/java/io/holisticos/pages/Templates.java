package io.holisticos.pages;

import io.dropwizard.views.common.ViewRenderException;
import io.dropwizard.views.freemarker.FreemarkerViewRenderer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;

/**
 * Makes HTML of templates. Whatever language a browser asks for, numbers are written as HTML has them, and a template is read
 * once: FreeMarker would keep one for each language that anybody thinks of. A template that fails shows nothing of its internals.
 * Thread-safe.
 */
final class Templates {

    private final FreemarkerViewRenderer renderer = new FreemarkerViewRenderer();

    Templates() {
        renderer.configure(Map.of(
                "template_exception_handler", "rethrow", "number_format", "computer", "localized_lookup", "false"));
    }

    /** @throws IllegalStateException when the template is at fault */
    void write(PageView view, OutputStream html) throws IOException {
        try {
            renderer.render(view, Locale.ROOT, html);
        } catch (ViewRenderException e) {
            if (e.getCause() instanceof IOException gone) { // of the client's connection
                throw gone;
            }
            throw new IllegalStateException("template " + view.getTemplateName() + " failed", e);
        }
    }
}
