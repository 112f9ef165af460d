package io.holisticos.health;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads {@code metrics.yml}. A mistake in it stops the start, with a message that says where it is. */
final class MetricFile {

    private static final String NAME = "metrics.yml";

    static final Content CONTENT = shipped();

    /** @param metrics in the order in which answers list them; the same holds for scores */
    record Content(List<MetricDefinition> metrics, List<ScoreDefinition> scores) {

        Content {
            metrics = List.copyOf(metrics);
            scores = List.copyOf(scores);
        }
    }

    private MetricFile() {}

    /** @throws IllegalStateException when it has a mistake */
    static Content read(InputStream file) throws IOException {
        Content content = parse(file);
        refuseDoubles(content.metrics().stream().map(MetricDefinition::id).toList());
        refuseDoubles(content.scores().stream().map(ScoreDefinition::name).toList());
        return content;
    }

    private static Content parse(InputStream file) throws IOException {
        YAMLMapper mapper = YAMLMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .addModule(new SimpleModule()
                        .addDeserializer(SourceName.class, new Text<>(SourceName.class, SourceName::new))
                        .addDeserializer(Score.Scale.class, new Text<>(Score.Scale.class, Score.Scale::of)))
                .build();
        try {
            return mapper.readValue(file, Content.class);
        } catch (JsonMappingException e) {
            throw new IllegalStateException(NAME + ": " + placeOf(e) + ": " + e.getOriginalMessage(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(NAME + ": " + e.getOriginalMessage(), e);
        }
    }

    /** Such as {@code metrics[3].tolerance}, an entry counted from 0. */
    private static String placeOf(JsonMappingException e) {
        return e.getPath().stream()
                .map(part -> part.getFieldName() == null ? "[" + part.getIndex() + "]" : "." + part.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    private static void refuseDoubles(List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new IllegalStateException(NAME + " names " + name + " twice");
            }
        }
    }

    private static Content shipped() {
        try (InputStream file = MetricFile.class.getResourceAsStream(NAME)) {
            if (file == null) {
                throw new IllegalStateException(NAME + " is not in the jar");
            }
            return read(file);
        } catch (IOException e) {
            throw new IllegalStateException(NAME + " cannot be read", e);
        }
    }

    /** Reads a value that is written as one word. */
    private static final class Text<T> extends FromStringDeserializer<T> {

        private final transient Function<String, T> of;

        Text(Class<T> type, Function<String, T> of) {
            super(type);
            this.of = of;
        }

        @Override
        protected T _deserialize(String value, DeserializationContext context) throws IOException {
            try {
                return of.apply(value);
            } catch (IllegalArgumentException e) {
                throw JsonMappingException.from(context, String.valueOf(e.getMessage()), e);
            }
        }
    }
}
