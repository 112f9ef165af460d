package io.holisticos.app.docs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the API's page shows of the OpenAPI document; {@code docs.ftlh} is its template. */
public record DocsPage(
        String summary,
        List<Paragraph> introduction,
        List<Scheme> access,
        List<Tag> tags,
        List<Schema> schemas,
        String license) {

    /** @param curl the options by which a shell shows this credential */
    public record Scheme(String name, List<Paragraph> about, String curl) {}

    /** @param id its address on the page */
    public record Tag(String name, String id, List<Paragraph> about, List<Operation> operations) {}

    /**
     * @param id its address on the page, and its name in generated clients
     * @param access who gets in, in words
     * @param curl a line for a shell; empty where a shell gets nowhere
     */
    public record Operation(
            String id,
            String method,
            String path,
            String summary,
            List<Paragraph> about,
            String access,
            String curl,
            List<Field> parameters,
            Body body,
            List<Answer> answers) {}

    /** What a request brings; without contents it brings nothing. */
    public record Body(List<Paragraph> about, List<Content> contents) {}

    public record Answer(String status, List<Paragraph> about, List<Content> contents) {}

    public record Content(String mediaType, Type schema, List<Example> examples) {}

    public record Example(String summary, String text) {}

    public record Schema(String name, List<Paragraph> about, List<Field> fields) {}

    /**
     * A field of a schema, or a parameter.
     *
     * @param place where a request has the parameter; null for a field
     * @param rules what its values keep to, in words
     */
    public record Field(
            String name,
            Type type,
            boolean required,
            List<Paragraph> about,
            String rules,
            @Nullable String place) {}

    /** A type in words, and the schemas that it names. */
    public record Type(String words, List<String> named) {}
}
