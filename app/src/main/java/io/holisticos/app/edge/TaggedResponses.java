package io.holisticos.app.edge;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;

/** Lets a response with an entity tag be kept by its caller, who then asks each time whether it has changed. */
final class TaggedResponses implements ContainerResponseFilter {

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getHeaders().containsKey(HttpHeaders.ETAG)) {
            response.getHeaders().putIfAbsent(HttpHeaders.CACHE_CONTROL, List.of("private, no-cache"));
        }
    }
}
