package io.holisticos.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.holisticos.pages.missing.Missing;
import io.holisticos.pages.otherwise.Otherwise;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Texts in both languages, and what ends the start when they do not agree. */
class TextsTest {

    @Test
    void bothLanguagesHaveTheSameTextsWithTheSamePlaceholders() {
        assertThat(Texts.beside(Pages.class)).isNotNull();
        assertThatThrownBy(() -> Texts.beside(Missing.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("only.english is missing");
        assertThatThrownBy(() -> Texts.beside(Otherwise.class))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("greeting", "placeholders");
        assertThatThrownBy(() -> Texts.beside(String.class)).hasMessageContaining("java.lang has no texts_en");
    }

    @Test
    void placeholdersAreFilledWhereverTheyStand() {
        Text text = Text.of("{name} is {name}’s, not {other}");

        assertThat(plain(text, Map.of("name", "A", "other", "{name} $1 \\"))).isEqualTo("A is A’s, not {name} $1 \\");
        assertThatThrownBy(() -> text.filledWith(Map.of("name", "A"))).hasMessage("no value for {other}");
    }

    @Test
    void aNameThatReadsFromRightToLeftIsKeptApartFromWhatStandsAroundIt() {
        List<Text.Part> parts = Text.of("WHOOP of {name} ({id})").filledWith(Map.of("name", "מרים כ.", "id", "a…b"));

        assertThat(parts)
                .containsExactly(
                        new Text.Part("WHOOP of ", false),
                        new Text.Part("מרים כ.", true),
                        new Text.Part(" (", false),
                        new Text.Part("a…b", false),
                        new Text.Part(")", false));
    }

    @Test
    void aTextThatThereIsNotIsAFault() {
        assertThatThrownBy(() -> Texts.beside(Pages.class).in(Language.GERMAN).text("no.such.key"))
                .hasMessage("no text no.such.key");
    }

    private static String plain(Text text, Map<String, String> values) {
        return String.join(
                "", text.filledWith(values).stream().map(Text.Part::text).toList());
    }
}
