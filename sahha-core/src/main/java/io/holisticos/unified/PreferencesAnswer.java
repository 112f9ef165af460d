package io.holisticos.unified;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.holisticos.health.Metric;
import io.holisticos.health.Metric.Family;
import io.holisticos.health.Preferences;
import io.holisticos.health.SourceName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Preferences as JSON: what a GET answers can be sent back with a PUT. */
@JsonPropertyOrder({PreferencesReader.ORDER, PreferencesReader.BY_FAMILY, PreferencesReader.BY_METRIC})
record PreferencesAnswer(
        @JsonProperty(PreferencesReader.ORDER) List<String> order,
        @JsonProperty(PreferencesReader.BY_FAMILY) Map<String, List<String>> byFamily,
        @JsonProperty(PreferencesReader.BY_METRIC) Map<String, List<String>> byMetric) {

    /** Families and metrics in the order in which answers list them. */
    static PreferencesAnswer of(Preferences preferences) {
        Map<String, List<String>> byFamily = new LinkedHashMap<>();
        for (Family family : Family.values()) {
            List<SourceName> names = preferences.byFamily().get(family);
            if (names != null) {
                byFamily.put(family.key(), texts(names));
            }
        }
        Map<String, List<String>> byMetric = new LinkedHashMap<>();
        for (Metric metric : Metric.all()) {
            List<SourceName> names = preferences.byMetric().get(metric);
            if (names != null) {
                byMetric.put(metric.key(), texts(names));
            }
        }
        return new PreferencesAnswer(texts(preferences.order()), byFamily, byMetric);
    }

    private static List<String> texts(List<SourceName> names) {
        return names.stream().map(SourceName::value).toList();
    }
}
