package io.holisticos.web;

import jakarta.ws.rs.core.UriInfo;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.uri.UriTemplate;

/** The path of a route with its parameters in braces, so without ids. */
public final class RouteTemplate {

    private RouteTemplate() {}

    /** {@code none} before a route is found. Jersey lists the innermost part of the path first. */
    public static String of(UriInfo uri) {
        StringBuilder whole = new StringBuilder();
        if (uri instanceof ExtendedUriInfo matched) {
            for (UriTemplate part : matched.getMatchedTemplates()) {
                whole.insert(0, part.getTemplate());
            }
        }
        if (whole.isEmpty()) {
            return "none";
        }
        return whole.indexOf("//") < 0 ? whole.toString() : whole.toString().replaceAll("/+", "/");
    }
}
