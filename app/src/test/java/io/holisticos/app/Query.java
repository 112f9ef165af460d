package io.holisticos.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PromQL expression, as far as it names metrics and labels. */
record Query(String text) {

    private static final Pattern TEXT = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)\\s*(?:\\{([^}]*)})?");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset", "inf", "nan");

    /** A metric and what is asked of its labels. */
    record Selected(String metric, List<Asked> labels) {}

    record Asked(String label, String operator, String value) {

        /** A variable of a dashboard stands for any value. */
        boolean fits(Set<String> values) {
            if (value.contains("$") || operator.startsWith("!")) {
                return true;
            }
            return operator.equals("=")
                    ? values.contains(value)
                    : values.stream().anyMatch(found -> found.matches(value));
        }
    }

    List<Selected> selected() {
        List<String> texts = new ArrayList<>();
        Matcher text = TEXT.matcher(this.text);
        StringBuilder bare = new StringBuilder();
        while (text.find()) { // so that brackets and braces in texts are none
            texts.add(text.group());
            text.appendReplacement(bare, "\"" + (texts.size() - 1) + "\"");
        }
        text.appendTail(bare);
        String plain = GROUPING.matcher(RANGE.matcher(bare).replaceAll("")).replaceAll(" ");
        List<Selected> found = new ArrayList<>();
        Matcher selector = SELECTOR.matcher(plain);
        while (selector.find()) {
            String name = selector.group(1);
            boolean isFunction = plain.substring(selector.end()).stripLeading().startsWith("(");
            boolean isPartOfNumber = selector.start() > 0 && Character.isDigit(plain.charAt(selector.start() - 1));
            if (!isFunction && !isPartOfNumber && !WORDS.contains(name)) {
                found.add(new Selected(name, asked(selector.group(2), texts)));
            }
        }
        return found;
    }

    private static List<Asked> asked(String labels, List<String> texts) {
        List<Asked> asked = new ArrayList<>();
        if (labels != null) {
            Matcher matcher = MATCHER.matcher(labels);
            while (matcher.find()) {
                String value = texts.get(Integer.parseInt(matcher.group(3)));
                asked.add(new Asked(matcher.group(1), matcher.group(2), value.substring(1, value.length() - 1)));
            }
        }
        return asked;
    }

    /** The labels that are grouped by or joined on. */
    Set<String> groupedBy() {
        Set<String> labels = new TreeSet<>();
        Matcher grouping = GROUPING.matcher(text);
        while (grouping.find()) {
            for (String label : grouping.group(2).split(",")) {
                if (!label.isBlank()) {
                    labels.add(label.strip());
                }
            }
        }
        return labels;
    }

    /** What of this query a page does not have; empty when it has all. Labels {@code instance} and {@code job} are Prometheus's. */
    List<String> missingIn(ScrapedPage page, Set<String> others) {
        List<String> missing = new ArrayList<>();
        Map<String, Set<String>> labels = new HashMap<>(Map.of("instance", Set.of(), "job", Set.of()));
        for (Selected selected : selected()) {
            String metric = selected.metric();
            if (others.contains(metric)) {
                return missing;
            }
            if (!page.has(metric)) {
                missing.add(metric);
            }
            page.labelsOf(metric).forEach(label -> labels.put(label, Set.of()));
            for (Asked asked : selected.labels()) {
                boolean ofPrometheus = Set.of("instance", "job").contains(asked.label());
                if (!ofPrometheus && !asked.fits(page.values(metric, asked.label()))) {
                    missing.add(metric + '{' + asked.label() + asked.operator() + asked.value() + '}');
                }
            }
        }
        groupedBy().stream().filter(label -> !labels.containsKey(label)).forEach(label -> missing.add("by " + label));
        return missing;
    }
}
