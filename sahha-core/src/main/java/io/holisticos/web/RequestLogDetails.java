package io.holisticos.web;

import io.holisticos.health.UserId;
import io.holisticos.trace.RequestContext;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Adds to the request's log line what only routing knows: the template of the route and the member. */
final class RequestLogDetails implements ContainerResponseFilter {

    private final Function<UserId, String> memberHash;

    RequestLogDetails(Function<UserId, String> memberHash) {
        this.memberHash = memberHash;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        RequestContext.current().ifPresent(context -> {
            context.route(RouteTemplate.of(request.getUriInfo()));
            member(request.getUriInfo()).ifPresent(context::member);
        });
    }

    private Optional<String> member(UriInfo uri) {
        return Stream.of(
                        Optional.ofNullable(uri.getPathParameters().getFirst("user_id")),
                        Optional.ofNullable(uri.getQueryParameters().getFirst("user_id")),
                        Optional.ofNullable(uri.getQueryParameters().getFirst("profile_id")))
                .flatMap(Optional::stream)
                .findFirst()
                .flatMap(this::hash);
    }

    private Optional<String> hash(String id) {
        try {
            return Optional.of(memberHash.apply(new UserId(id)));
        } catch (IllegalArgumentException e) { // not a valid id: the request is refused with 400
            return Optional.empty();
        }
    }
}
