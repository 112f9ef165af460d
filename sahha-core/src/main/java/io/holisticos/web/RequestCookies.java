package io.holisticos.web;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cookies of a request as browsers write them: pairs with a semicolon between them (RFC 6265, section 4.2.1). Nobody's way of
 * writing them is a fault of ours. Jersey's reader knows the attributes of an older form (RFC 2109), and fails where one is no
 * number. Thread-safe.
 */
public final class RequestCookies {

    private final List<Pair> pairs;

    private record Pair(String name, String value) {
        private static Pair of(String written) {
            int equals = written.indexOf('=');
            return equals < 0
                    ? new Pair(written, "")
                    : new Pair(written.substring(0, equals), unquoted(written.substring(equals + 1)));
        }

        /** Clients that know the older form write values in quotes. */
        private static String unquoted(String value) {
            boolean isQuoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
            return isQuoted ? value.substring(1, value.length() - 1) : value;
        }
    }

    private RequestCookies(List<Pair> pairs) {
        this.pairs = pairs;
    }

    /** @param headers all values of header {@code Cookie}; null for none */
    public static RequestCookies in(@Nullable List<String> headers) {
        return new RequestCookies((headers == null ? List.<String>of() : headers)
                .stream()
                        .flatMap(header -> Stream.of(header.split(";")))
                        .map(String::strip)
                        .map(Pair::of)
                        .toList());
    }

    /** The different values of the cookies with this name, but for empty ones. */
    public List<String> named(String name) {
        return values(name::equals);
    }

    /** The different values of the cookies whose names begin like this, but for empty ones. */
    public List<String> namedLike(String beginning) {
        return values(name -> name.startsWith(beginning));
    }

    private List<String> values(Predicate<String> name) {
        return pairs.stream()
                .filter(pair -> name.test(pair.name()))
                .map(Pair::value)
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }
}
