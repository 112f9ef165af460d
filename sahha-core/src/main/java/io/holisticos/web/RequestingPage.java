package io.holisticos.web;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a browser says about the page that makes a request. Scripts cannot set these headers, apart from the last one; and
 * that one they cannot set in a request to another origin, unless the other origin allows it.
 */
record RequestingPage(List<String> hosts, List<String> origins, List<String> fetchSites, boolean isScript) {

    /** Any value will do: what counts is that a form cannot send it. */
    static final String SCRIPT_HEADER = "X-Requested-With";

    static RequestingPage of(Function<String, @Nullable List<String>> headers) {
        return new RequestingPage(
                values(headers, "Host"),
                values(headers, "Origin"),
                values(headers, "Sec-Fetch-Site"),
                values(headers, SCRIPT_HEADER).stream().anyMatch(value -> !value.isBlank()));
    }

    private static List<String> values(Function<String, @Nullable List<String>> headers, String name) {
        List<String> values = headers.apply(name);
        return values == null ? List.of() : List.copyOf(values);
    }
}
