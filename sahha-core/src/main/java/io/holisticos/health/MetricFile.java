package io.holisticos.health;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code metrics.yml}. */
final class MetricFile {

    private static final String NAME = "metrics.yml";

    /** By their names, in the order of the file. */
    static final Map<String, Metric> METRICS = read();

    private MetricFile() {}

    private static Map<String, Metric> read() {
        YAMLMapper mapper = YAMLMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .build();
        try (InputStream file = MetricFile.class.getResourceAsStream(NAME)) {
            Map<String, Metric> metrics = new LinkedHashMap<>();
            for (MetricDefinition definition : mapper.readValue(file, MetricDefinition[].class)) {
                if (metrics.put(definition.id(), new Metric(definition, metrics.size())) != null) {
                    throw new IllegalStateException(NAME + " names " + definition.id() + " twice");
                }
            }
            return Collections.unmodifiableMap(metrics);
        } catch (IOException e) {
            throw new UncheckedIOException(NAME + " cannot be read", e);
        }
    }
}
