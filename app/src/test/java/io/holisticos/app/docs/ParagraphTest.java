package io.holisticos.app.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.holisticos.app.docs.Paragraph.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParagraphTest {

    @Test
    void wordsAreParagraphsOfPlainStrongAndCode() {
        assertThat(Paragraph.of("**Days** are `YYYY-MM-DD`,\nboth ends included.\n\nNothing else.\n"))
                .containsExactly(
                        new Paragraph(
                                List.of(
                                        new Part("Days", "strong"),
                                        new Part(" are ", "plain"),
                                        new Part("YYYY-MM-DD", "code"),
                                        new Part(", both ends included.", "plain")),
                                List.of()),
                        new Paragraph(List.of(plain("Nothing else.")), List.of()));
    }

    @Test
    void linesThatBeginWithADashAreAListAndIndentedLinesGoOn() {
        assertThat(Paragraph.of("What is told:\n- one thing,\n  at length\n- `another`\n\n- a list by itself"))
                .containsExactly(
                        new Paragraph(
                                List.of(plain("What is told:")),
                                List.of(List.of(plain("one thing, at length")), List.of(new Part("another", "code")))),
                        new Paragraph(List.of(), List.of(List.of(plain("a list by itself")))));
    }

    @Test
    void anEmptyTextHasNone() {
        assertThat(Paragraph.of("")).isEmpty();
    }

    private static Part plain(String text) {
        return new Part(text, "plain");
    }
}
