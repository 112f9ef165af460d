package io.holisticos.bench.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A table as {@code docs/benchmarks.md} has it. */
public final class MarkdownTable {

    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();

    public MarkdownTable(String... head) {
        this.head = List.of(head);
    }

    public void row(String... cells) {
        rows.add(List.of(cells));
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, head);
        append(text, Collections.nCopies(head.size(), "---"));
        rows.forEach(row -> append(text, row));
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** 23,800; and with decimals below 100. */
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        return String.format(
                Locale.ROOT, Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }
}
