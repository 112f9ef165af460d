package io.holisticos.app.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.holisticos.web.Problem;
import io.holisticos.whoop.InternalDataResource;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.jaxrs2.Reader;
import io.swagger.v3.oas.integration.SwaggerConfiguration;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import jakarta.ws.rs.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.glassfish.jersey.server.ResourceConfig;
import org.jspecify.annotations.Nullable;

/** The OpenAPI document of all resources that are registered: what their code says, words beside it, and recorded examples. */
final class OpenApiDocument {

    private static final String KEY = "ApiKey";
    private static final String BEARER = "Bearer";
    private static final String BASIC = "Basic";
    private static final String SESSION = "Session";
    private static final String REFERENCE = "#/components/schemas/";

    private final String publicUrl;
    private final Set<Class<?>> resources;
    private volatile @Nullable Made made;

    /** The document and, since it takes long to write it, its text. */
    private record Made(JsonNode tree, String text) {}

    private OpenApiDocument(String publicUrl, Set<Class<?>> resources) {
        this.publicUrl = publicUrl;
        this.resources = resources;
    }

    /** Documents all resources that are registered so far. */
    static OpenApiDocument of(String publicUrl, ResourceConfig registered) {
        return new OpenApiDocument(
                publicUrl,
                Stream.concat(
                                registered.getClasses().stream(),
                                registered.getInstances().stream().map(Object::getClass))
                        .filter(type -> type.isAnnotationPresent(Path.class))
                        .collect(Collectors.toCollection(() -> new TreeSet<>(Comparator.comparing(Class::getName)))));
    }

    /** The document. It is made at the first request, because that takes long and the start need not wait for it. */
    JsonNode tree() {
        return once().tree();
    }

    String text() {
        return once().text();
    }

    /** By one request: others wait for it, since what reads the resources is shared by the whole process. */
    private Made once() {
        Made known = made;
        if (known == null) {
            synchronized (this) {
                known = made;
                if (known == null) {
                    JsonNode tree = make();
                    known = new Made(tree, tree.toPrettyString());
                    made = known;
                }
            }
        }
        return known;
    }

    private ObjectNode make() {
        ModelConverters converters = ModelConverters.getInstance(true);
        RecordShapes shapes = new RecordShapes();
        converters.addConverter(shapes);
        try {
            SwaggerConfiguration configuration = new SwaggerConfiguration()
                    .openAPI(skeleton())
                    .openAPI31(true)
                    .sortOutput(true);
            OpenAPI read = new Reader(configuration).read(resources);
            Components components = read.getComponents();
            Stream.concat(Stream.of(Problem.class), InternalDataResource.described().stream())
                    .forEach(type -> converters.readAll(new AnnotatedType(type)).forEach(components::addSchemas));
            OpenApiProblems.addTo(read, resources);
            ObjectNode document = Json31.mapper().valueToTree(read);
            OpenApiWords.addTo(document);
            OpenApiExamples.addTo(document);
            removeUnused(document);
            sortStatuses(document);
            return document;
        } finally {
            converters.removeConverter(shapes);
        }
    }

    private OpenAPI skeleton() {
        return new OpenAPI()
                .info(new Info())
                .servers(List.of(new Server().url(publicUrl).description("This deployment")))
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
                                        .scheme("basic"))
                        .addSecuritySchemes(
                                SESSION,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.APIKEY)
                                        .in(SecurityScheme.In.COOKIE)
                                        .name("__Host-session")))
                .addSecurityItem(new SecurityRequirement().addList(KEY))
                .addSecurityItem(new SecurityRequirement().addList(BEARER))
                .addSecurityItem(new SecurityRequirement().addList(BASIC))
                .addSecurityItem(new SecurityRequirement().addList(SESSION));
    }

    /** Those that routes declare stand before those that they share. */
    private static void sortStatuses(ObjectNode document) {
        for (JsonNode responses : document.path("paths").findValues("responses")) {
            ObjectNode all = (ObjectNode) responses;
            Map<String, JsonNode> sorted = new TreeMap<>();
            all.properties().forEach(response -> sorted.put(response.getKey(), response.getValue()));
            all.removeAll();
            all.setAll(sorted);
        }
    }

    /** Also those that only unused ones name. */
    private static void removeUnused(ObjectNode document) {
        ObjectNode schemas = document.withObject("/components/schemas");
        int before;
        do {
            before = schemas.size();
            Set<String> named = new HashSet<>(document.findValuesAsText("$ref"));
            Set<String> names = new TreeSet<>();
            schemas.fieldNames().forEachRemaining(names::add);
            names.removeIf(name -> named.contains(REFERENCE + name));
            schemas.remove(names);
        } while (schemas.size() < before);
    }
}
