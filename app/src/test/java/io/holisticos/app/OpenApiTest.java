package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.app.ApiDocument.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.glassfish.jersey.server.model.Resource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The API document says what is there: every registered route, with a summary and its answers. */
class OpenApiTest {

    private static final List<Resource> registered = new ArrayList<>();
    private static House house;
    private static JsonNode document;
    private static List<Route> routes;

    @BeforeAll
    static void open() throws Exception {
        house = House.openWith(environment -> {
            var config = environment.jersey().getResourceConfig();
            config.getClasses().stream().map(Resource::from).forEach(OpenApiTest::remember);
            config.getInstances().stream()
                    .map(one -> Resource.from(one.getClass()))
                    .forEach(OpenApiTest::remember);
        });
        document = house.jsonOf(house.getWithoutKey("/api/openapi.json"));
        routes = ApiDocument.routes(house);
    }

    @AfterAll
    static void close() throws Exception {
        house.close();
    }

    private static void remember(Resource resource) {
        if (resource != null) {
            registered.add(resource);
        }
    }

    @Test
    void saysWhatItIs() {
        assertThat(document.path("openapi").asText()).startsWith("3.1");
        assertThat(document.path("info").path("title").asText()).isEqualTo("Unified health");
        assertThat(document.path("servers").path(0).path("url").asText())
                .isEqualTo(house.uri("").toString());
        assertThat(document.path("components")
                        .path("securitySchemes")
                        .path("ApiKey")
                        .path("name")
                        .asText())
                .isEqualTo("X-API-Key");
    }

    @Test
    void namesEveryRegisteredRoute() {
        List<String> there = new ArrayList<>();
        for (Resource resource : registered) {
            String path = "/" + String.valueOf(resource.getPath()).replaceAll("^/", "");
            resource.getResourceMethods().forEach(method -> there.add(method.getHttpMethod() + ' ' + path));
            for (Resource child : resource.getChildResources()) {
                String below = (path + '/' + child.getPath()).replaceAll("/+", "/");
                child.getResourceMethods().forEach(method -> there.add(method.getHttpMethod() + ' ' + below));
            }
        }
        there.removeAll(List.of(
                "GET /api/openapi.json",
                "GET /assets/{file}", // what pages load, by names that only pages know
                "GET /docs",
                "GET /explore"));

        assertThat(there).hasSizeGreaterThan(25);
        assertThat(routes).extracting(Route::toString).containsExactlyInAnyOrderElementsOf(there);
    }

    @Test
    void everyRouteHasASummaryAndItsAnswers() {
        for (Route route : routes) {
            assertThat(route.operation().path("summary").asText())
                    .as(route.toString())
                    .isNotBlank();
            List<String> statuses = new ArrayList<>();
            route.operation().path("responses").fieldNames().forEachRemaining(statuses::add);
            assertThat(statuses).as(route.toString()).anyMatch(status -> status.matches("2..|302"));
            if (!route.isProbe()) {
                assertThat(statuses).as(route.toString()).anyMatch(status -> status.startsWith("4"));
            }
            if (route.needsKey()) {
                assertThat(statuses).as(route.toString()).contains("401", "403");
            }
        }
    }

    /** What callers are told to expect; a status that disappears here is one that their code no longer handles. */
    @Test
    void everyRouteNamesItsStatuses() throws IOException {
        List<String> said = routes.stream()
                .map(route -> {
                    List<String> statuses = new ArrayList<>();
                    route.operation().path("responses").fieldNames().forEachRemaining(statuses::add);
                    return route + " " + String.join(" ", new TreeSet<>(statuses));
                })
                .sorted()
                .toList();
        List<String> expected =
                Files.readAllLines(Path.of("src/test/resources/io/holisticos/app/openapi-statuses.txt"));

        assertThat(String.join("\n", said))
                .isEqualTo(String.join(
                        "\n",
                        expected.stream().filter(line -> !line.startsWith("#")).toList()));
    }

    @Test
    void operationsHaveNamesOfTheirOwn() {
        assertThat(routes)
                .extracting(route -> route.operation().path("operationId").asText())
                .doesNotContain("")
                .doesNotHaveDuplicates();
    }
}
