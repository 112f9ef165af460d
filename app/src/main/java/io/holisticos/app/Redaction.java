package io.holisticos.app;

import java.util.regex.Pattern;

/** Takes out of a text that is not ours what an address in it could tell: a library's line, an exception's message. */
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
