package io.holisticos.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus's text format, as it is read by who watches the service. */
final class ScrapedPage {

    private static final Pattern SERIES = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern PART_OF_FAMILY = Pattern.compile("_(bucket|count|sum)$");

    private final Map<String, Family> families = new TreeMap<>();
    private final List<Series> series = new ArrayList<>();

    /** @param labels without those that Prometheus itself gives to parts of a histogram or summary */
    record Family(String name, String type, String help, Set<String> labels) {

        @Override
        public String toString() {
            return name + " | " + type + " | " + String.join(",", labels) + " | " + help;
        }
    }

    record Series(String name, Map<String, String> labels, double value) {}

    ScrapedPage(String text) {
        Map<String, String> helps = new LinkedHashMap<>();
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                helps.put(words[2], words[3]);
            } else if (line.startsWith("# TYPE ")) {
                families.put(
                        words[2], new Family(words[2], words[3], helps.getOrDefault(words[2], ""), new TreeSet<>()));
            } else if (!line.isBlank()) {
                add(line);
            }
        }
    }

    private void add(String line) {
        Matcher found = SERIES.matcher(line);
        if (!found.matches()) {
            throw new IllegalArgumentException("not a series: " + line);
        }
        Map<String, String> labels = new LinkedHashMap<>();
        if (found.group(2) != null) {
            Matcher label = LABEL.matcher(found.group(2));
            while (label.find()) {
                labels.put(label.group(1), label.group(2));
            }
        }
        series.add(new Series(
                found.group(1), labels, Double.parseDouble(found.group(3).replace("Inf", "Infinity"))));
        Family family = families.get(found.group(1));
        if (family == null) {
            family = families.get(PART_OF_FAMILY.matcher(found.group(1)).replaceFirst(""));
        }
        if (family != null) {
            Family of = family;
            labels.keySet().stream()
                    .filter(label -> !label.equals("le") && !label.equals("quantile"))
                    .forEach(of.labels()::add);
        }
    }

    Map<String, Family> families() {
        return families;
    }

    List<Series> series() {
        return series;
    }

    /** All values of a label that this name has; none where it has no such label. */
    Set<String> values(String name, String label) {
        Set<String> values = new TreeSet<>();
        for (Series one : series) {
            if (one.name().equals(name) && one.labels().containsKey(label)) {
                values.add(one.labels().get(label));
            }
        }
        return values;
    }

    Set<String> labelsOf(String name) {
        Set<String> labels = new TreeSet<>();
        series.stream()
                .filter(one -> one.name().equals(name))
                .forEach(one -> labels.addAll(one.labels().keySet()));
        return labels;
    }

    boolean has(String name) {
        return series.stream().anyMatch(one -> one.name().equals(name));
    }

    double sum(String name) {
        return series.stream()
                .filter(one -> one.name().equals(name))
                .mapToDouble(Series::value)
                .sum();
    }
}
