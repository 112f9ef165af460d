package io.holisticos.app.docs;

import java.util.ArrayList;
import java.util.List;

/** A paragraph of the API's words, in parts: as much of Markdown as these words have. */
public record Paragraph(List<Part> parts) {

    public Paragraph {
        parts = List.copyOf(parts);
    }

    /** @param kind {@code plain}, {@code code} or {@code strong} */
    public record Part(String text, String kind) {}

    /** The paragraphs of a text; none of an empty one. */
    static List<Paragraph> of(String text) {
        List<Paragraph> all = new ArrayList<>();
        for (String paragraph : text.strip().split("\n\n")) {
            List<Part> parts = new ArrayList<>();
            String[] byCode = paragraph.replace('\n', ' ').split("`", -1);
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
            if (!parts.isEmpty()) {
                all.add(new Paragraph(parts));
            }
        }
        return all;
    }

    private static void add(List<Part> parts, String text, String kind) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, kind));
        }
    }
}
