package io.holisticos.app;

import java.util.regex.Pattern;

/**
 * Removes what addresses may reveal from a text that is not ours: a line of a library, or the message of an exception.
 */
final class Redaction {

    private static final Pattern PARAMETER = Pattern.compile("([?&][A-Za-z_][A-Za-z0-9_.-]*=)[^&\\s\"'<>)\\]}]+");
    private static final Pattern PATH =
            Pattern.compile("/(api|internal|connect|session|webhooks|developer|oauth)/[^\\s\"'?<>)\\]}]*");

    private Redaction() {}

    static String of(String text) {
        if (text.indexOf('/') < 0 && text.indexOf('=') < 0) {
            return text;
        }
        return PATH.matcher(PARAMETER.matcher(text).replaceAll("$1…")).replaceAll("/$1/…");
    }
}
