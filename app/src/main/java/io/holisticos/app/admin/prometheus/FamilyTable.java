package io.holisticos.app.admin.prometheus;

import io.holisticos.app.admin.prometheus.Placement.Kind;
import io.prometheus.metrics.model.snapshots.Labels;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** File {@code families.txt}, which says how Dropwizard's metrics are shown. */
final class FamilyTable {

    private static final String FILE = "families.txt";
    private static final String COLUMNS = " {2,}";
    private static final String SAME = "^";

    private static final int WITH_FAMILY = 4;

    /** {@code {word}}, or {@code {word...}} for any number of parts. */
    private static final Pattern PART = Pattern.compile("\\{([a-z_]+)(\\.\\.\\.)?}");

    /** {@code name}, {@code name{label}} or {@code name{label,label=value}}. */
    private static final Pattern FAMILY = Pattern.compile("([a-z][a-z0-9_]*)(?:\\{([a-z_=,]+)})?");

    private static final String DROPPED = "_";

    private final List<Row> rows;

    private FamilyTable(List<Row> rows) {
        this.rows = rows;
    }

    /** @param labels the labels of the family as the file has them: a part of the name, or {@code label=value} */
    private record Row(Pattern name, List<String> parts, Kind kind, String family, List<String> labels, String help) {

        Optional<Placement> place(String metric) {
            Matcher matcher = name.matcher(metric);
            if (!matcher.matches()) {
                return Optional.empty();
            }
            Labels found = Labels.EMPTY;
            for (String label : labels) {
                int constant = label.indexOf('=');
                found = constant < 0
                        ? found.add(label, matcher.group(parts.indexOf(label) + 1))
                        : found.add(label.substring(0, constant), label.substring(constant + 1));
            }
            return Optional.of(new Placement(kind, family, found, help));
        }
    }

    static FamilyTable read() {
        try (InputStream file = Objects.requireNonNull(FamilyTable.class.getResourceAsStream(FILE), FILE)) {
            return of(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FamilyTable of(String text) {
        List<Row> rows = new ArrayList<>();
        String help = "";
        for (String line : text.lines().toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] columns = line.split(COLUMNS, WITH_FAMILY);
                if (columns.length == WITH_FAMILY) {
                    help = columns[3].equals(SAME) ? help : columns[3];
                }
                rows.add(row(columns, help));
            }
        }
        return new FamilyTable(List.copyOf(rows));
    }

    private static Row row(String[] columns, String help) {
        List<String> parts = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        Matcher part = PART.matcher(columns[0]);
        int end = 0;
        while (part.find()) {
            name.append(Pattern.quote(columns[0].substring(end, part.start())))
                    .append(part.group(2) == null ? "([^.]+)" : "(.+)");
            parts.add(part.group(1));
            end = part.end();
        }
        name.append(Pattern.quote(columns[0].substring(end)));
        Kind kind = Kind.valueOf(columns[1].toUpperCase(Locale.ROOT));
        if (kind == Kind.HIDDEN) {
            return new Row(Pattern.compile(name.toString()), parts, kind, "", List.of(), "");
        }
        Matcher family = FAMILY.matcher(columns[2]);
        if (!family.matches()) {
            throw new IllegalArgumentException(FILE + ": not a family: " + columns[2]);
        }
        List<String> labels =
                family.group(2) == null ? List.of() : List.of(family.group(2).split(","));
        requireParts(columns[0], parts, labels);
        return new Row(
                Pattern.compile(name.toString()),
                parts,
                kind,
                family.group(1).replaceFirst("_total$", ""),
                labels,
                help);
    }

    private static void requireParts(String name, List<String> parts, List<String> labels) {
        boolean named = labels.stream().allMatch(label -> label.contains("=") || parts.contains(label))
                && parts.stream().allMatch(part -> part.equals(DROPPED) || labels.contains(part));
        if (!named) {
            throw new IllegalArgumentException(FILE + ": parts and labels differ: " + name);
        }
    }

    /** Where a metric is shown; empty when the file does not name it. */
    Optional<Placement> place(String metric) {
        return rows.stream().flatMap(row -> row.place(metric).stream()).findFirst();
    }
}
