package io.holisticos.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a request shows in order to be let in: at most one credential. It stands in {@code X-API-Key}, or in {@code
 * Authorization} as Bearer or as the password of Basic. Only where neither is sent, the cookie of a session counts. Nothing is
 * known of it yet.
 */
public sealed interface Credentials {

    /** Three parts of base64url, of which the first is that of a JSON object. A key of ours has no dots. */
    Pattern JWT = Pattern.compile("ey[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");

    /** The methods that change nothing. */
    Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

    /** Why who shows this is not let in, if nobody knows it. */
    String refusal();

    /** The request shows nothing. */
    record None() implements Credentials {
        @Override
        public String refusal() {
            return "this needs a credential: " + ApiKeys.HEADER + ", or Authorization with Bearer or Basic";
        }
    }

    /** A text that may be a service key. */
    record Key(String text) implements Credentials {
        @Override
        public String refusal() {
            return "this key is not known";
        }

        @Override
        public String toString() {
            return "Key[…]";
        }
    }

    /** A text in the form of a signed JSON web token. */
    record Token(String text) implements Credentials {
        @Override
        public String refusal() {
            return "this token is not accepted";
        }

        @Override
        public String toString() {
            return "Token[…]";
        }
    }

    /**
     * The cookie of a browser's session.
     *
     * @param port where it was sent to
     * @param text what may be the secret of a session
     * @param reads whether the request changes nothing
     * @param page where the browser says that the request comes from
     */
    record Session(SessionPort port, String text, boolean reads, RequestingPage page) implements Credentials {

        /** Of a request that changes nothing, from whichever page. */
        static Session reading(SessionPort port, String text) {
            return new Session(port, text, true, RequestingPage.of(name -> null));
        }

        @Override
        public String refusal() {
            return "this session has ended: POST /session with a key or a token begins another";
        }

        @Override
        public String toString() {
            return "Session[…]";
        }
    }

    /** Something that is not one credential. */
    record Unreadable(String refusal) implements Credentials {}

    /**
     * As {@link #of(Function)}; without a credential there, the cookie of a session.
     *
     * @param port where the request was sent to
     */
    static Credentials of(SessionPort port, String method, Function<String, @Nullable List<String>> headers) {
        Credentials shown = of(headers);
        return shown instanceof None ? inCookie(port, method, headers) : shown;
    }

    /** The cookie of a session, whatever else the request shows. */
    static Credentials inCookie(SessionPort port, String method, Function<String, @Nullable List<String>> headers) {
        List<String> secrets = SessionCookie.of(port).valuesIn(values(headers, "Cookie"));
        return switch (secrets.size()) {
            case 0 -> new None();
            case 1 -> new Session(port, secrets.get(0), READS.contains(method), RequestingPage.of(headers));
            default -> new Unreadable("the request shows two sessions: delete the cookies of this host");
        };
    }

    /** @param headers returns all values of a header by its name, null or none when it is absent */
    static Credentials of(Function<String, @Nullable List<String>> headers) {
        Set<Credentials> shown = new LinkedHashSet<>();
        values(headers, ApiKeys.HEADER).forEach(key -> shown.add(new Key(key.strip())));
        for (String value : values(headers, "Authorization")) {
            shown.add(inAuthorization(value.strip(), headers));
        }
        if (shown.size() > 1) {
            return new Unreadable("the request shows two different credentials: send only one");
        }
        return shown.stream().findFirst().orElseGet(None::new);
    }

    private static Credentials inAuthorization(String value, Function<String, @Nullable List<String>> headers) {
        int space = value.indexOf(' ');
        String scheme = (space < 0 ? value : value.substring(0, space)).toLowerCase(Locale.ROOT);
        String rest = space < 0 ? "" : value.substring(space + 1).strip();
        return switch (scheme) {
            case "bearer" -> JWT.matcher(rest).matches() ? new Token(rest) : new Key(rest);
            case "basic" ->
                OwnPages.ofHost().isAnother(RequestingPage.of(headers)) // whose request a browser adds the password to
                        ? new Unreadable("Basic is not accepted from pages of other origins: send " + ApiKeys.HEADER)
                        : passwordOf(rest);
            default -> new Unreadable("Authorization must be Bearer, or Basic with the key as password");
        };
    }

    private static Credentials passwordOf(String encoded) {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon >= 0) {
                return new Key(pair.substring(colon + 1));
            }
        } catch (IllegalArgumentException e) {
            // answered below: what it holds may be a part of a key
        }
        return new Unreadable("Basic must be the base64 of a name, a colon and the key");
    }

    private static List<String> values(Function<String, @Nullable List<String>> headers, String name) {
        List<String> values = headers.apply(name);
        return values == null ? List.of() : values;
    }
}
