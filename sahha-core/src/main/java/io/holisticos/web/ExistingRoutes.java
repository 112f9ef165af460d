package io.holisticos.web;

import jakarta.ws.rs.core.UriInfo;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.uri.UriComponent;

/** The existing paths of the former service. Their errors keep their form. */
public final class ExistingRoutes {

    /** The property of a request that lets everybody in and shows a credential of which it is known that it is nobody's. */
    public static final String UNKNOWN_CREDENTIAL = "existing_routes.unknown_credential";

    private static final Pattern MATRIX_PARAMETERS = Pattern.compile(";[^/]*");

    private ExistingRoutes() {}

    /** The paths that answer with a person's data, in groups that an operator can tell apart. */
    public enum Group {
        HEALTH_METRICS,
        SAHHA;

        private static final Group[] ALL = values();

        private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');
        private final String beginning = "api/v1/" + word + "/";

        /** As configuration and commands name it. */
        public String word() {
            return word;
        }
    }

    /** Whether the request is on one of them. */
    public static boolean contain(UriInfo uri) {
        return contain(path(uri));
    }

    /** @param path as it was sent, with or without the leading slash */
    public static boolean contain(String path) {
        String bare = bare(path);
        return bare.isEmpty() || bare.equals("health") || holdHealthData(path);
    }

    /** Whether the request is answered with a person's data, so is not one of the two probes. */
    public static boolean holdHealthData(UriInfo uri) {
        return groupOf(uri).isPresent();
    }

    /** @param path as it was sent, with or without the leading slash */
    public static boolean holdHealthData(String path) {
        return groupOf(path).isPresent();
    }

    /** Empty for other paths and for the two probes. */
    public static Optional<Group> groupOf(UriInfo uri) {
        return groupOf(path(uri));
    }

    private static Optional<Group> groupOf(String path) {
        String bare = bare(path);
        for (Group group : Group.ALL) {
            if (bare.startsWith(group.beginning)) {
                return Optional.of(group);
            }
        }
        return Optional.empty();
    }

    /** The route that was found says it; no way of writing a path can. Before one is found, and without one, the path has to. */
    private static String path(UriInfo uri) {
        return uri instanceof ExtendedUriInfo matched && matched.getMatchedResourceMethod() != null
                ? RouteTemplate.of(uri)
                : uri.getPath(false);
    }

    /**
     * The form in which routes are matched: without the leading slash and matrix parameters, and then decoded. A slash that was
     * encoded parts no segments.
     */
    private static String bare(String path) {
        String plain =
                path.indexOf(';') < 0 ? path : MATRIX_PARAMETERS.matcher(path).replaceAll("");
        String bare = plain.startsWith("/") ? plain.substring(1) : plain;
        return bare.indexOf('%') < 0
                ? bare
                : Stream.of(bare.split("/", -1)).map(ExistingRoutes::decoded).collect(Collectors.joining("/"));
    }

    private static String decoded(String segment) {
        try {
            String decoded = UriComponent.decode(segment, UriComponent.Type.PATH_SEGMENT);
            return decoded.indexOf('/') < 0 ? decoded : segment;
        } catch (IllegalArgumentException malformed) { // matches no route
            return segment;
        }
    }
}
