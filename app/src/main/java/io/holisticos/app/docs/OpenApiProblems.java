package io.holisticos.app.docs;

import io.holisticos.web.ExistingRoutes;
import io.holisticos.web.OpenTo;
import io.holisticos.web.Problem;
import io.holisticos.web.Scope;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import jakarta.annotation.security.RolesAllowed;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.glassfish.jersey.server.model.Invocable;
import org.glassfish.jersey.server.model.Resource;
import org.glassfish.jersey.server.model.ResourceMethod;
import org.jspecify.annotations.Nullable;

/**
 * Adds the problem responses that all routes of a scope share to the OpenAPI document, so that resources declare only what is
 * special about them. Every error response gets the media type and schema that callers of its route are answered with.
 */
final class OpenApiProblems {

    private static final String EXISTING = "application/json";
    private static final String PAGE = "text/html";
    private static final String PROBLEM = Problem.MEDIA_TYPE;

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
    static void addTo(OpenAPI document, Set<Class<?>> resources) {
        OpenApiProblems problems = new OpenApiProblems(document);
        resources.stream().map(Resource::from).forEach(resource -> problems.addTo(resource, ""));
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
        OpenTo open = method.getInvocable().getHandlingMethod().getAnnotation(OpenTo.class);
        OpenTo.Whom whom = open != null ? open.value() : openTo(method.getInvocable());
        String scope = scopeOf(method.getInvocable());
        if (scope != null) {
            addTo(operation, "401", "No credential, or one that is not known");
            addTo(operation, "403", "The credential lacks scope " + scope);
            shared(scope, path).forEach((status, description) -> addTo(operation, status, description));
        } else if (whom == OpenTo.Whom.EXISTING_CALLERS) {
            addTo(operation, "401", "No valid credential, where the deployment or a parameter asks for one");
            addTo(operation, "403", "The credential lacks scope health:read");
        }
        if (whom == OpenTo.Whom.EVERYBODY) {
            addTo(operation, "421", "The host is none of this deployment's");
        } else {
            addTo(operation, "429", "More requests than the caller's limit");
            addTo(operation, "503", "Too many requests at once");
        }
        if (scope == null && whom != OpenTo.Whom.HOLDERS_OF_ANY_CREDENTIAL) {
            operation.setSecurity(whom == OpenTo.Whom.EXISTING_CALLERS ? orNone() : List.of());
        }
        String errors =
                ExistingRoutes.contain(path) ? EXISTING : whom == OpenTo.Whom.BROWSERS_OF_MEMBERS ? PAGE : PROBLEM;
        operation.getResponses().forEach((status, response) -> describe(status, response, errors));
    }

    /** Existing paths take a credential, and most deployments ask for none. */
    private List<SecurityRequirement> orNone() {
        List<SecurityRequirement> all = new ArrayList<>(document.getSecurity());
        all.add(new SecurityRequirement());
        return all;
    }

    private static OpenTo.@Nullable Whom openTo(Invocable route) {
        OpenTo ofClass = route.getHandler().getHandlerClass().getAnnotation(OpenTo.class);
        return ofClass == null ? null : ofClass.value();
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

    /** @param errors the media type of the route's own errors */
    private static void describe(String status, ApiResponse response, String errors) {
        if (!status.startsWith("4") && !status.startsWith("5")) {
            return;
        }
        boolean isLimit = status.equals("429") || status.equals("503");
        if (isLimit) {
            response.addHeaderObject(
                    "Retry-After",
                    new Header().description("Seconds after which to come back").schema(typed("integer")));
        }
        if (response.getContent() != null) {
            return;
        }
        Content content = new Content();
        switch (errors) {
            case EXISTING -> content.addMediaType(EXISTING, reference("ExistingError"));
            case PAGE -> content.addMediaType(PAGE, new MediaType().schema(typed("string")));
            default -> content.addMediaType(PROBLEM, reference("Problem"));
        }
        if (errors.equals(PAGE) && isLimit) { // what is refused before the route is
            content.addMediaType(PROBLEM, reference("Problem"));
        }
        response.setContent(content);
    }

    private static MediaType reference(String schema) {
        return new MediaType().schema(new JsonSchema().$ref("#/components/schemas/" + schema));
    }

    private static Schema<?> typed(String type) {
        Schema<?> schema = new JsonSchema();
        schema.addType(type);
        return schema;
    }
}
