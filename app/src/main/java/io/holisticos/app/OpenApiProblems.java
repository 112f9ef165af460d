package io.holisticos.app;

import io.holisticos.web.OpenTo;
import io.holisticos.web.Problem;
import io.holisticos.web.Scope;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import jakarta.annotation.security.RolesAllowed;
import java.util.Map;
import java.util.Set;
import org.glassfish.jersey.server.model.Invocable;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.jspecify.annotations.Nullable;

/**
 * Adds the problem responses that all routes of a scope share to the OpenAPI document, so that resources declare only what is
 * special about them. Every error response of these routes and of webhooks gets the media type and schema of a problem.
 */
final class OpenApiProblems {

    private static final String WEBHOOKS = "/webhooks/";

    private static final Map<String, String> READING = Map.of(
            "400", "A parameter breaks its rule",
            "404", "No source knows this person");

    private static final Map<String, String> WRITING = Map.of(
            "400", "A parameter breaks its rule",
            "404", "No source knows this person",
            "503", "The database, or whether the person is known, cannot be read for now");

    private static final Map<String, String> INTEGRATION = Map.of(
            "400", "A parameter or the body breaks its rule",
            "404", "Nobody by this id, or not connected",
            "503", "Switched off, or not available for now");

    private final OpenAPI document;

    private OpenApiProblems(OpenAPI document) {
        this.document = document;
    }

    /** Completes the document of these resources. */
    static OpenAPI addTo(OpenAPI document, Set<Class<?>> resources) {
        Components components = document.getComponents();
        ModelConverters.getInstance(true).read(new AnnotatedType(Problem.class)).forEach(components::addSchemas);
        OpenApiProblems problems = new OpenApiProblems(document);
        resources.stream().map(Resource::from).forEach(resource -> problems.addTo(resource, ""));
        return document;
    }

    private void addTo(Resource resource, String parent) {
        String path = (parent + '/' + resource.getPath()).replaceAll("/+", "/");
        resource.getResourceMethods().forEach(method -> addTo(method, path));
        resource.getChildResources().forEach(child -> addTo(child, path));
    }

    private void addTo(ResourceMethod method, String path) {
        PathItem item = document.getPaths().get(path);
        Operation operation =
                item == null ? null : item.readOperationsMap().get(PathItem.HttpMethod.valueOf(method.getHttpMethod()));
        if (operation == null) {
            return; // a hidden route
        }
        String scope = scopeOf(method.getInvocable());
        if (scope != null) {
            addTo(operation, "401", "No credential, or one that is not known");
            addTo(operation, "403", "The credential lacks scope " + scope);
            addTo(operation, "429", "More requests than the caller's limit: come back after Retry-After");
            shared(scope, path).forEach((status, description) -> addTo(operation, status, description));
        }
        if (scope != null || path.startsWith(WEBHOOKS) || asksForACredential(method.getInvocable())) {
            operation.getResponses().forEach(OpenApiProblems::asProblem);
        }
    }

    private static boolean asksForACredential(Invocable route) {
        OpenTo open = route.getHandlingMethod().getAnnotation(OpenTo.class);
        return open != null && open.value() == OpenTo.Whom.HOLDERS_OF_ANY_CREDENTIAL;
    }

    private static @Nullable String scopeOf(Invocable route) {
        RolesAllowed ofMethod = route.getHandlingMethod().getAnnotation(RolesAllowed.class);
        RolesAllowed roles = ofMethod != null
                ? ofMethod
                : route.getHandler().getHandlerClass().getAnnotation(RolesAllowed.class);
        return roles == null ? null : roles.value()[0];
    }

    /** Routes for readers without a parameter, such as those about the service itself, refuse nothing else. */
    private static Map<String, String> shared(String scope, String path) {
        if (scope.equals(Scope.PREFERENCES_WRITE)) {
            return WRITING;
        }
        if (!scope.equals(Scope.HEALTH_READ)) {
            return INTEGRATION;
        }
        return path.contains("{") ? READING : Map.of();
    }

    private static void addTo(Operation operation, String status, String description) {
        operation.getResponses().computeIfAbsent(status, missing -> new ApiResponse().description(description));
    }

    private static void asProblem(String status, ApiResponse response) {
        if ((status.startsWith("4") || status.startsWith("5")) && response.getContent() == null) {
            response.setContent(new Content()
                    .addMediaType(
                            Problem.MEDIA_TYPE,
                            new MediaType().schema(new Schema<>().$ref("#/components/schemas/Problem"))));
        }
    }
}
