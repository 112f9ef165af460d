package io.holisticos.app;

import io.swagger.v3.core.util.Json31;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.oas.annotations.Hidden;
import io.swagger.v3.oas.integration.SwaggerConfiguration;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;

/** {@code /api/openapi.json}: made from the resources themselves, so that it cannot say anything else than they do. */
@Hidden
@Path("/api/openapi.json")
@Produces(MediaType.APPLICATION_JSON)
public final class OpenApiResource {

    private static final String KEY = "ApiKey";

    private final String publicUrl;
    private final Set<Class<?>> resources;
    private volatile @Nullable String document;

    private OpenApiResource(String publicUrl, Set<Class<?>> resources) {
        this.publicUrl = publicUrl;
        this.resources = resources;
    }

    /** The document of everything registered so far. */
    static OpenApiResource of(String publicUrl, ResourceConfig registered) {
        return new OpenApiResource(
                publicUrl,
                Stream.concat(
                                registered.getClasses().stream(),
                                registered.getInstances().stream().map(Object::getClass))
                        .filter(type -> type.isAnnotationPresent(Path.class))
                        .collect(Collectors.toCollection(() -> new TreeSet<>(Comparator.comparing(Class::getName)))));
    }

    /** Made when first asked for: it takes its time, and the start need not wait. */
    @GET
    public String read() {
        String made = document;
        if (made == null) {
            made = make();
            document = made;
        }
        return made;
    }

    private String make() {
        OpenAPI skeleton = new OpenAPI()
                .info(new Info()
                        .title("Unified health")
                        .version("1")
                        .description("Sahha scores and WHOOP data of a member, merged: Sahha first, then WHOOP."))
                .servers(List.of(new Server().url(publicUrl)))
                .components(new Components()
                        .addSecuritySchemes(
                                KEY,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.APIKEY)
                                        .in(SecurityScheme.In.HEADER)
                                        .name("X-API-Key")))
                .addSecurityItem(new SecurityRequirement().addList(KEY));
        SwaggerConfiguration configuration = new SwaggerConfiguration()
                .openAPI(skeleton)
                .openAPI31(true)
                .sortOutput(true)
                .prettyPrint(true);
        return Json31.pretty(new Reader(configuration).read(resources));
    }
}
