package io.holisticos.pages;

import java.net.URI;
import java.util.List;

/**
 * A page to be shown.
 *
 * @param template the name of a file beside the class of {@code content}, ending in {@code .ftlh}: every value is escaped
 * @param content what the template calls {@code page}: a public record
 * @param formsLeadTo sources of a content security policy, beside our own origin, to which its forms may lead
 */
public record Page(int status, String template, Object content, List<String> formsLeadTo) {

    public Page {
        formsLeadTo = List.copyOf(formsLeadTo);
    }

    /** A page whose forms lead to us, if it has any. */
    public static Page of(int status, String template, Object content) {
        return new Page(status, template, content, List.of());
    }

    /** The same page with forms that may lead, directly or by redirects, to these sources, too. */
    public Page withFormsTo(String... sources) {
        return new Page(status, template, content, List.of(sources));
    }

    /** The source of a content security policy that covers this address: its origin, or the scheme of an app. */
    public static String sourceOf(URI address) {
        String scheme = address.getScheme();
        boolean web = "https".equals(scheme) || "http".equals(scheme);
        return web ? scheme + "://" + address.getRawAuthority() : scheme + ":";
    }

    String templatePath() {
        return "/" + content.getClass().getPackageName().replace('.', '/') + "/" + template;
    }
}
