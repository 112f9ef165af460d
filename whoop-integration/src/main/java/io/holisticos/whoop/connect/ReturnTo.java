package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError.InvalidRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses to which an operator allows members to be sent after a consent. An address is compared as text, so that no
 * way of writing it leads elsewhere. The scheme of an app allows every address of that scheme.
 */
final class ReturnTo {

    private static final int MAX_LENGTH = 2000;

    /** Schemes that browsers or phones handle themselves. None of them leads back into one app. */
    private static final Set<String> NEVER = Set.of(
            "http",
            "javascript",
            "vbscript",
            "data",
            "file",
            "filesystem",
            "blob",
            "about",
            "view-source",
            "jar",
            "ftp",
            "ws",
            "wss",
            "intent",
            "android-app",
            "content",
            "mailto",
            "tel",
            "sms");

    private final List<String> rules;

    ReturnTo(List<String> rules) {
        this.rules = List.copyOf(rules);
    }

    /** @throws InvalidRequest unless {@code address} is allowed; the message does not repeat the address */
    URI allowed(String address) {
        URI wanted = parse(address);
        if (wanted == null || rules.stream().noneMatch(rule -> covers(rule, address, wanted))) {
            throw new InvalidRequest(
                    "return_to must be one of the addresses allowed by whoop.connect.returnTo, written in the same way");
        }
        return wanted;
    }

    /** An https address with a host, or a bare scheme such as {@code holisticos:} or {@code holisticos://}. */
    static boolean isUsableRule(String rule) {
        if (isScheme(rule)) {
            return !NEVER.contains(schemeOf(rule));
        }
        URI address = parse(rule);
        return address != null && "https".equals(address.getScheme()) && address.getHost() != null;
    }

    private static boolean covers(String rule, String address, URI wanted) {
        return isScheme(rule)
                ? schemeOf(rule).equalsIgnoreCase(wanted.getScheme()) && !wanted.isOpaque()
                : rule.equals(address);
    }

    private static boolean isScheme(String rule) {
        return rule.matches("[A-Za-z][A-Za-z0-9+.-]*:(//)?") && !schemeOf(rule).equals("https");
    }

    private static String schemeOf(String rule) {
        return rule.substring(0, rule.indexOf(':')).toLowerCase(Locale.ROOT);
    }

    /** The address; null for what is none, and for what pages and headers could show in another way than it is meant. */
    private static @Nullable URI parse(String text) {
        try {
            URI address = new URI(text);
            boolean plain = address.getRawUserInfo() == null
                    && address.getRawFragment() == null
                    && address.toASCIIString().equals(text)
                    && text.length() <= MAX_LENGTH;
            return plain ? address : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
