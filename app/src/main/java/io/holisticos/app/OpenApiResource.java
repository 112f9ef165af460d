package io.holisticos.app;

import io.holisticos.web.OpenTo;
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

/** {@code /api/openapi.json}: made from the resources themselves, so that document and routes cannot differ. */
@Hidden
@Path("/api/openapi.json")
@OpenTo(OpenTo.Whom.EVERYBODY)
@Produces(MediaType.APPLICATION_JSON)
public final class OpenApiResource {

    private static final String KEY = "ApiKey";
    private static final String BEARER = "Bearer";
    private static final String BASIC = "Basic";
    private static final String SESSION = "Session";

    private final String publicUrl;
    private final Set<Class<?>> resources;
    private volatile @Nullable String document;

    private OpenApiResource(String publicUrl, Set<Class<?>> resources) {
        this.publicUrl = publicUrl;
        this.resources = resources;
    }

    /** Documents all resources that are registered so far. */
    static OpenApiResource of(String publicUrl, ResourceConfig registered) {
        return new OpenApiResource(
                publicUrl,
                Stream.concat(
                                registered.getClasses().stream(),
                                registered.getInstances().stream().map(Object::getClass))
                        .filter(type -> type.isAnnotationPresent(Path.class))
                        .collect(Collectors.toCollection(() -> new TreeSet<>(Comparator.comparing(Class::getName)))));
    }

    /** The document. It is made at the first request, because that takes long and the start need not wait for it. */
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
                .info(new Info().title("Unified health").version("1").description(Sources.DESCRIPTION))
                .servers(List.of(new Server().url(publicUrl)))
                .components(new Components()
                        .addSecuritySchemes(
                                KEY,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.APIKEY)
                                        .in(SecurityScheme.In.HEADER)
                                        .name("X-API-Key"))
                        .addSecuritySchemes(
                                BEARER,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer"))
                        .addSecuritySchemes(
                                BASIC,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("basic")
                                        .description("The key as password; the name does not matter"))
                        .addSecuritySchemes(
                                SESSION,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.APIKEY)
                                        .in(SecurityScheme.In.COOKIE)
                                        .name("__Host-session")
                                        .description("Of a browser, by POST /session. What is no read also needs the"
                                                + " same origin in Origin, and X-Requested-With")))
                .addSecurityItem(new SecurityRequirement().addList(KEY))
                .addSecurityItem(new SecurityRequirement().addList(BEARER))
                .addSecurityItem(new SecurityRequirement().addList(BASIC))
                .addSecurityItem(new SecurityRequirement().addList(SESSION));
        SwaggerConfiguration configuration = new SwaggerConfiguration()
                .openAPI(skeleton)
                .openAPI31(true)
                .sortOutput(true)
                .prettyPrint(true);
        return Json31.pretty(OpenApiProblems.addTo(new Reader(configuration).read(resources), resources));
    }
}
