package io.holisticos.sandbox.door;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** What is different in two answers, as a person reads it. */
final class Differences {

    /** Of each answer, not of the member: when it was made, and how long that took. */
    private static final Set<String> OF_THE_ANSWER = Set.of("generated_at", "processing_stats", "as_of");

    /** What answers themselves are made of comes last: WHOOP's records as they are, and the mark of the day. */
    private static final List<String> LAST = List.of("completeness", "whoop", "revision");

    /** What is shown comes first, then what it is made of. */
    private static final List<String> FIRST = List.of("date", "sources", "scores", "metrics", "workouts");

    /** By which elements of lists are told apart, so that one more in front changes no other. */
    private static final List<String> NAMES = List.of("name", "metric", "id", "source");

    private static final int LONGEST = 160;

    private final List<Difference> found = new ArrayList<>();

    private Differences() {}

    /** @param before empty where there was nothing; as is {@code after} */
    record Difference(String path, String before, String after) {}

    static List<Difference> between(JsonNode before, JsonNode after) {
        Differences differences = new Differences();
        differences.compare("", before, after);
        differences.found.sort(Comparator.comparingInt(one -> rank(one.path())));
        return List.copyOf(differences.found);
    }

    private void compare(String path, JsonNode before, JsonNode after) {
        if (before.equals(after)) {
            return;
        }
        if (before.isContainerNode() && after.isContainerNode()) {
            Map<String, JsonNode> one = childrenOf(before);
            Map<String, JsonNode> other = childrenOf(after);
            Set<String> names = new LinkedHashSet<>(one.keySet());
            names.addAll(other.keySet());
            names.removeAll(OF_THE_ANSWER);
            for (String name : names) {
                compare(
                        below(path, name),
                        one.getOrDefault(name, before.path(-1)),
                        other.getOrDefault(name, after.path(-1)));
            }
        } else {
            found.add(new Difference(path, brief(before), brief(after)));
        }
    }

    private static Map<String, JsonNode> childrenOf(JsonNode container) {
        Map<String, JsonNode> children = new LinkedHashMap<>();
        if (container.isObject()) {
            container.fields().forEachRemaining(field -> children.put(field.getKey(), field.getValue()));
        } else {
            int place = 0;
            for (Iterator<JsonNode> all = container.elements(); all.hasNext(); place++) {
                JsonNode element = all.next();
                String name = "[" + nameOf(element, place) + "]";
                children.put(children.containsKey(name) ? "[" + place + "]" : name, element);
            }
        }
        return children;
    }

    private static String nameOf(JsonNode element, int place) {
        return element.isTextual()
                ? element.asText()
                : NAMES.stream()
                        .filter(element::hasNonNull)
                        .map(name -> element.path(name).asText())
                        .findFirst()
                        .orElse(Integer.toString(place));
    }

    private static String below(String path, String name) {
        return path.isEmpty() || name.startsWith("[") ? path + name : path + "." + name;
    }

    /** A value as it is; of a measured one also its unit and source, of a workout what and when; of anything larger its beginning. */
    private static String brief(JsonNode node) {
        if (node.isMissingNode()) {
            return "";
        }
        if (node.hasNonNull("value") || node.hasNonNull("sport")) {
            return String.join(
                    " ",
                    Stream.of("value", "unit", "sport", "start", "source")
                            .filter(node::hasNonNull)
                            .map(name -> node.path(name).asText())
                            .toList());
        }
        String text = node.isValueNode() ? node.asText() : node.toString();
        return text.length() > LONGEST ? text.substring(0, LONGEST) + " …" : text;
    }

    private static int rank(String path) {
        String top = path.split("[.\\[]", 2)[0];
        if (FIRST.contains(top)) {
            return FIRST.indexOf(top);
        }
        return FIRST.size() + (LAST.contains(top) ? 1 + LAST.indexOf(top) : 0);
    }
}
