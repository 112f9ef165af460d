package io.holisticos.unified;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.holisticos.health.HealthError.InvalidRequest;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads preferences strictly: all that is wrong is named, each with its place and with what is allowed there. An order without
 * a name is no wish and is left out.
 */
final class PreferencesReader {

    static final String ORDER = "order";
    static final String BY_FAMILY = "by_family";
    static final String BY_METRIC = "by_metric";

    private static final List<String> FIELDS = List.of(ORDER, BY_FAMILY, BY_METRIC);

    /** Enough to see what is wrong; a body has room for thousands. */
    private static final int MOST_ERRORS = 20;

    /** No name that is allowed is longer. */
    private static final int LONGEST_NAME = 60;

    private static final ObjectReader STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .readerFor(JsonNode.class);

    private final @Nullable List<SourceName> sources;

    /** @param sources the sources that may be named; null: every well-formed name */
    private PreferencesReader(@Nullable Collection<SourceName> sources) {
        this.sources = sources == null ? null : List.copyOf(sources);
    }

    /** Takes the names of these sources only. */
    static PreferencesReader of(Collection<SourceName> sources) {
        return new PreferencesReader(sources);
    }

    /** Takes any name of a source, for whoever checks it later. */
    static PreferencesReader ofAnySource() {
        return new PreferencesReader(null);
    }

    /** @throws InvalidRequest when the text is no JSON or anything in it is wrong */
    Preferences read(String body) {
        try {
            return read(STRICT.<JsonNode>readValue(body));
        } catch (JsonProcessingException e) {
            throw new InvalidRequest("the body is not the JSON this expects, or has a field twice", e);
        }
    }

    /** @throws InvalidRequest when anything is wrong */
    Preferences read(JsonNode tree) {
        Reading reading = new Reading();
        Preferences preferences = reading.preferences(tree);
        if (!reading.errors.isEmpty()) {
            throw new InvalidRequest(reading.errors);
        }
        return preferences;
    }

    /** Reads what was kept: what is no longer a metric or a family is left out. */
    Preferences readKept(String text) {
        try {
            return new Reading().preferences(STRICT.<JsonNode>readValue(text));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL holds nothing but valid JSON as jsonb", e);
        }
    }

    private final class Reading {

        private final List<String> errors = new ArrayList<>();

        Preferences preferences(JsonNode tree) {
            if (!tree.isObject()) {
                error("the preferences must be an object with " + String.join(", ", FIELDS));
                return Preferences.NONE;
            }
            tree.fieldNames().forEachRemaining(name -> {
                if (!FIELDS.contains(name)) {
                    error(shown(name) + ": there is no such field, allowed are " + String.join(", ", FIELDS));
                }
            });
            return new Preferences(
                    tree.has(ORDER) ? order(ORDER, tree.path(ORDER)) : List.of(),
                    orders(tree, BY_FAMILY, "family", PreferencesReader::family, allFamilies()),
                    orders(tree, BY_METRIC, "metric", Metric::find, allMetrics()));
        }

        private <K> Map<K, List<SourceName>> orders(
                JsonNode tree, String field, String what, Function<String, Optional<K>> find, List<String> allowed) {
            Map<K, List<SourceName>> orders = new LinkedHashMap<>();
            if (!tree.has(field)) {
                return orders;
            }
            JsonNode node = tree.path(field);
            if (!node.isObject()) {
                error(field + ": must be an object of orders by " + what);
                return orders;
            }
            node.fields().forEachRemaining(entry -> {
                String path = field + '.' + shown(entry.getKey());
                Optional<K> key = find.apply(entry.getKey());
                if (key.isEmpty()) {
                    error(path + ": there is no such " + what + ", allowed are " + String.join(", ", allowed));
                    return;
                }
                List<SourceName> order = order(path, entry.getValue());
                if (!order.isEmpty()) {
                    orders.put(key.get(), order);
                }
            });
            return orders;
        }

        private List<SourceName> order(String path, JsonNode node) {
            List<SourceName> order = new ArrayList<>();
            if (!node.isArray()) {
                error(path + ": must be a list of sources" + allowedSources());
                return order;
            }
            for (int place = 0; place < node.size(); place++) {
                String at = path + '[' + place + ']';
                Optional<SourceName> source = source(node.get(place));
                if (source.isEmpty()) {
                    error(at + ": there is no such source" + allowedSources());
                } else if (order.contains(source.get())) {
                    error(at + ": " + source.get() + " is named twice");
                } else {
                    order.add(source.get());
                }
            }
            return order;
        }

        private void error(String line) {
            if (errors.size() < MOST_ERRORS) {
                errors.add(line);
            }
        }
    }

    private Optional<SourceName> source(JsonNode node) {
        if (!node.isTextual()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SourceName(node.textValue()))
                    .filter(name -> sources == null || sources.contains(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private String allowedSources() {
        return sources == null
                ? ""
                : ", allowed are "
                        + String.join(
                                ", ", sources.stream().map(SourceName::value).toList());
    }

    private static Optional<Family> family(String key) {
        return Arrays.stream(Family.values())
                .filter(family -> family.key().equals(key))
                .findFirst();
    }

    private static List<String> allFamilies() {
        return Stream.of(Family.values()).map(Family::key).toList();
    }

    /** The names that a metric may have, in the order in which answers list them. */
    static List<String> allMetrics() {
        return Metric.all().stream().map(Metric::key).toList();
    }

    private static String shown(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME) + "…";
    }
}
