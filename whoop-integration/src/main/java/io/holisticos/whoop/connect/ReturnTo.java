package io.holisticos.whoop.connect;

import io.holisticos.health.HealthError.InvalidRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The addresses to which an operator allows members to be sent after a consent. */
final class ReturnTo {

    private static final int MAX_LENGTH = 2000;
    private static final Set<String> NEVER =
            Set.of("http", "javascript", "data", "file", "blob", "vbscript", "about", "ftp", "ws", "wss");

    private final List<String> rules;

    ReturnTo(List<String> rules) {
        this.rules = List.copyOf(rules);
    }

    /** @throws InvalidRequest unless {@code address} is allowed; the message does not repeat the address */
    URI allowed(String address) {
        URI wanted = parse(address);
        if (wanted == null
                || address.length() > MAX_LENGTH
                || wanted.getRawUserInfo() != null
                || wanted.getRawFragment() != null
                || rules.stream().noneMatch(rule -> covers(rule, wanted))) {
            throw new InvalidRequest("return_to must be one of the addresses allowed by whoop.connect.returnTo");
        }
        return wanted;
    }

    /** An https address with a host, or a bare scheme such as {@code holisticos:} or {@code holisticos://}. */
    static boolean isUsableRule(String rule) {
        int colon = rule.indexOf(':');
        if (colon < 1) {
            return false;
        }
        String scheme = rule.substring(0, colon).toLowerCase(Locale.ROOT);
        if (scheme.equals("https")) {
            URI address = parse(rule);
            return address != null && address.getHost() != null && address.getQuery() == null;
        }
        String rest = rule.substring(colon + 1);
        return !NEVER.contains(scheme) && (rest.isEmpty() || rest.equals("//"));
    }

    private static boolean covers(String rule, URI wanted) {
        String scheme = rule.substring(0, rule.indexOf(':'));
        if (!scheme.equalsIgnoreCase(wanted.getScheme()) || wanted.isOpaque()) {
            return false;
        }
        if (!scheme.equalsIgnoreCase("https")) {
            return true;
        }
        URI prefix = URI.create(rule);
        String host = wanted.getHost();
        return host != null
                && host.equalsIgnoreCase(prefix.getHost())
                && wanted.getPort() == prefix.getPort()
                && isBelow(prefix.getPath(), wanted.getPath());
    }

    /** Compares decoded paths: browsers read {@code %2e%2e} as a step upwards, too. */
    private static boolean isBelow(String prefix, String path) {
        String folder = prefix.endsWith("/") ? prefix : prefix + "/";
        return (path + "/").startsWith(folder) && !path.contains("..");
    }

    private static @Nullable URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
