package io.holisticos.web;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import java.util.function.Function;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.model.Parameter;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;
import org.jspecify.annotations.Nullable;

/**
 * Gives a resource method what it asks for by {@code @Context} from the request at hand. Jersey would have its container of
 * services build each of them anew for each request, which took a twentieth of the time of an answer from memory.
 */
final class RequestParameters implements ValueParamProvider {

    private static final Map<Class<?>, Function<ContainerRequest, ?>> AT_HAND = Map.of(
            Request.class, request -> request,
            HttpHeaders.class, request -> request,
            UriInfo.class, ContainerRequest::getUriInfo);

    @Override
    public @Nullable Function<ContainerRequest, ?> getValueProvider(Parameter parameter) {
        return parameter.getSource() == Parameter.Source.CONTEXT ? AT_HAND.get(parameter.getRawType()) : null;
    }

    /** Before Jersey's own, which has the lowest. */
    @Override
    public PriorityType getPriority() {
        return Priority.NORMAL;
    }
}
