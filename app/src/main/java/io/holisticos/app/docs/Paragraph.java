package io.holisticos.app.docs;

import java.util.ArrayList;
import java.util.List;

/**
 * A paragraph of the API's words, in parts: as much of Markdown as these words have.
 *
 * @param items of the list that follows it; each has a line that begins with {@code "- "}
 */
public record Paragraph(List<Part> parts, List<List<Part>> items) {

    private static final String ITEM = "- ";

    public Paragraph {
        parts = List.copyOf(parts);
        items = items.stream().map(List::copyOf).toList();
    }

    /** @param kind {@code plain}, {@code code} or {@code strong} */
    public record Part(String text, String kind) {}

    /** The paragraphs of a text; none of an empty one. */
    static List<Paragraph> of(String text) {
        List<Paragraph> all = new ArrayList<>();
        for (String block : text.strip().split("\n\n")) {
            StringBuilder words = new StringBuilder();
            List<StringBuilder> items = new ArrayList<>();
            for (String line : block.split("\n")) {
                if (line.startsWith(ITEM)) {
                    items.add(new StringBuilder(line.substring(ITEM.length())));
                } else {
                    StringBuilder continued = items.isEmpty() ? words : items.get(items.size() - 1);
                    continued.append(continued.isEmpty() ? "" : " ").append(line.strip());
                }
            }
            List<Part> parts = partsOf(words.toString());
            if (!parts.isEmpty() || !items.isEmpty()) {
                all.add(new Paragraph(
                        parts,
                        items.stream().map(item -> partsOf(item.toString())).toList()));
            }
        }
        return all;
    }

    private static List<Part> partsOf(String words) {
        List<Part> parts = new ArrayList<>();
        String[] byCode = words.split("`", -1);
        for (int i = 0; i < byCode.length; i++) {
            if (i % 2 == 1) {
                add(parts, byCode[i], "code");
                continue;
            }
            String[] byStress = byCode[i].split("\\*\\*", -1);
            for (int j = 0; j < byStress.length; j++) {
                add(parts, byStress[j], j % 2 == 1 ? "strong" : "plain");
            }
        }
        return parts;
    }

    private static void add(List<Part> parts, String text, String kind) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, kind));
        }
    }
}
