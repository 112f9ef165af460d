package io.holisticos.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.ScrapedPage.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What Prometheus would have scraped, at equal times, and the alerts that its own {@code promtool} then finds by the very rules of
 * {@code deploy/}. Before the first scrape stands an hour at the pace of the calm minutes, so that windows are as full as they
 * would be.
 */
final class Recording {

    private static final Path RULES = Path.of("../deploy/prometheus/rules");
    private static final Duration BEFORE = Duration.ofHours(1);
    private static final Pattern WORD = Pattern.compile("[a-zA-Z_:][\\w:]*");
    private static final Pattern COUNTER = Pattern.compile(".*_(total|bucket|count|sum)");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");
    private static final Pattern ASKED = Pattern.compile("alertname: (\\w+), time: ([^,]+),");
    private static final Pattern LABELS = Pattern.compile("Labels:\\{(.*)}");
    private static final Pattern RUNBOOK = Pattern.compile("runbook=\"([^\"]*)\"");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

    private final Duration interval;
    private final Set<String> wanted;

    /** By series, its value at each scrape; null where it was not on the page. */
    private final Map<String, List<@Nullable Double>> values = new TreeMap<>();

    private int scrapes;
    private int calm;

    Recording(Duration interval) throws IOException {
        this.interval = interval;
        this.wanted = words(rules());
    }

    /**
     * An alert that fired.
     *
     * @param from since the fault began, in virtual time
     * @param until when it was seen last
     * @param about its labels but for name and severity
     */
    record Fired(String alert, String severity, String runbook, Duration from, Duration until, Set<String> about) {}

    Duration interval() {
        return interval;
    }

    /** A scrape of all targets. */
    void add(List<Target> targets) {
        for (Target target : targets) {
            String labels = "instance=\"" + target.instance() + "\", job=\"" + target.job() + "\"";
            put("up{" + labels + "}", target.page() == null ? 0 : 1);
            if (target.page() != null) {
                for (Series one : target.page().series()) {
                    if (wanted.contains(one.name())) {
                        put(one.name() + "{" + labels + ofItsOwn(one) + "}", one.value());
                    }
                }
            }
        }
        scrapes++;
        values.values().forEach(each -> fillTo(each, scrapes));
    }

    /** @param page null where it did not answer */
    record Target(String instance, String job, @Nullable ScrapedPage page) {}

    private static String ofItsOwn(Series one) {
        return one.labels().entrySet().stream()
                .map(label -> ", " + label.getKey() + "=\"" + label.getValue() + "\"")
                .collect(Collectors.joining());
    }

    private void put(String series, double value) {
        List<@Nullable Double> so = values.computeIfAbsent(series, name -> new ArrayList<>());
        fillTo(so, scrapes);
        so.add(value);
    }

    private static void fillTo(List<@Nullable Double> list, int size) {
        while (list.size() < size) {
            list.add(null);
        }
    }

    /** What was scraped so far is how it is when nothing is wrong. */
    void calmUntilHere() {
        calm = scrapes;
    }

    /** Has promtool look for every alert of the rules, again and again, until the end of the recording. */
    List<Fired> alerts(Path folder, Duration every) throws Exception {
        Path file = folder.resolve("recorded_test.yml");
        Files.writeString(file, testFile(every));
        return fired(promtool(folder, file));
    }

    private String testFile(Duration every) throws IOException {
        StringBuilder text = new StringBuilder("rule_files:\n");
        try (Stream<Path> files = Files.list(RULES)) {
            files.sorted()
                    .forEach(file -> text.append("  - ")
                            .append(file.toAbsolutePath().normalize())
                            .append('\n'));
        }
        text.append("evaluation_interval: ")
                .append(Math.max(30, interval.toSeconds()))
                .append("s\ntests:\n");
        text.append("  - interval: ").append(interval.toSeconds()).append("s\n    input_series:\n");
        values.forEach((series, of) -> text.append("      - series: '")
                .append(series)
                .append("'\n        values: '")
                .append(written(series, of))
                .append("'\n"));
        text.append("    alert_rule_test:\n");
        Duration end = BEFORE.plus(interval.multipliedBy(scrapes));
        for (String alert : alertNames()) {
            for (Duration at = faultAt(); at.compareTo(end) < 0; at = at.plus(every)) {
                text.append(
                        "      - {eval_time: %ds, alertname: %s, exp_alerts: []}\n".formatted(at.toSeconds(), alert));
            }
        }
        return text.toString();
    }

    private Duration faultAt() {
        return BEFORE.plus(interval.multipliedBy(calm));
    }

    /** A series that is gone from a page gets the marker that Prometheus gives it. */
    private String written(String series, List<@Nullable Double> of) {
        int before = Math.toIntExact(BEFORE.dividedBy(interval));
        double pace = COUNTER.matcher(series.substring(0, series.indexOf('{'))).matches() ? pace(of) : 0;
        StringBuilder text = new StringBuilder();
        Double first = of.get(0);
        for (int i = 0; i < before; i++) {
            text.append(first == null ? "_" : Double.toString(first + pace * i)).append(' ');
        }
        Double last = first;
        for (Double value : of) {
            if (value != null) {
                text.append(value + pace * before);
            } else {
                text.append(last == null ? "_" : "stale");
            }
            text.append(' ');
            last = value;
        }
        return text.toString();
    }

    private double pace(List<@Nullable Double> of) {
        Double first = of.get(0);
        Double last = of.get(calm - 1);
        return first == null || last == null || calm < 2 ? 0 : Math.max(0, (last - first) / (calm - 1));
    }

    /** It says of each alert that was not expected when there was one; we expect none and read on. */
    private static String promtool(Path folder, Path file) throws Exception {
        Path said = folder.resolve("promtool.txt");
        Process tool = new ProcessBuilder("promtool", "test", "rules", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(tool.waitFor(300, TimeUnit.SECONDS)).isTrue();
        String text = Files.readString(said);
        assertThat(text).contains("Unit Testing:").containsAnyOf("SUCCESS", "FAILED:");
        return text;
    }

    private List<Fired> fired(String said) {
        Map<String, Fired> all = new TreeMap<>();
        Matcher asked = ASKED.matcher(said);
        while (asked.find()) {
            Duration at = Duration.parse("PT" + asked.group(2)).minus(faultAt());
            int end = said.indexOf("alertname: ", asked.end());
            String got = said.substring(asked.end(), end < 0 ? said.length() : end);
            Matcher labels = LABELS.matcher(got);
            Matcher runbook = RUNBOOK.matcher(got);
            while (labels.find() && runbook.find()) {
                Map<String, String> of = new TreeMap<>();
                Matcher label = LABEL.matcher(labels.group(1));
                while (label.find()) {
                    of.put(label.group(1), label.group(2));
                }
                String severity = of.remove("severity");
                of.remove("alertname");
                of.remove("job");
                Set<String> about = new TreeSet<>(of.values());
                all.merge(
                        asked.group(1) + severity,
                        new Fired(asked.group(1), severity, runbook.group(1), at, at, about),
                        Recording::together);
            }
        }
        List<Fired> sorted = new ArrayList<>(all.values());
        sorted.sort((one, other) -> one.from().compareTo(other.from()));
        return Collections.unmodifiableList(sorted);
    }

    private static Fired together(Fired one, Fired other) {
        Set<String> about = new TreeSet<>(one.about());
        about.addAll(other.about());
        return new Fired(one.alert(), one.severity(), one.runbook(), one.from(), other.until(), about);
    }

    private static Set<String> alertNames() throws IOException {
        Matcher alert = ALERT.matcher(rules());
        Set<String> names = new TreeSet<>();
        while (alert.find()) {
            names.add(alert.group(1));
        }
        return names;
    }

    private static String rules() throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(RULES)) {
            for (Path file : files.sorted().toList()) {
                all.append(Files.readString(file));
            }
        }
        return all.toString();
    }

    private static Set<String> words(String text) {
        return WORD.matcher(text).results().map(found -> found.group()).collect(Collectors.toSet());
    }
}
