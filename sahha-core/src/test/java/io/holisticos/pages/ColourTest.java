package io.holisticos.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever colour a brand has, its pages can be read. */
class ColourTest {

    @ParameterizedTest
    @CsvSource({
        "'#000000', '#ffffff', 21",
        "'#fff',    '#ffffff', 1",
        "'#777777', '#ffffff', 4.48",
        "'#767676', '#FFFFFF', 4.54"
    })
    void contrastIsThatOfTheStandard(String one, String other, double contrast) {
        assertThat(colour(one).contrastWith(colour(other))).isCloseTo(contrast, within(0.01));
        assertThat(colour(other).contrastWith(colour(one))).isCloseTo(contrast, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "red", "0b6e4f", "#0b6e4", "#0b6e4f00", "#0b6e4g", "#fff;}body{}"})
    void otherWritingsAreNoColours(String text) {
        assertThat(Colour.of(text)).isEmpty();
    }

    @Property
    void textCanBeReadOnEveryColourAndEveryColourOnBothGrounds(
            @ForAll @IntRange(max = 255) int red,
            @ForAll @IntRange(max = 255) int green,
            @ForAll @IntRange(max = 255) int blue) {
        Colour brand = new Colour(red, green, blue);

        assertThat(brand.contrastWith(brand.textOnTop())).isGreaterThanOrEqualTo(Colour.READABLE);
        for (Colour ground : List.of(Brand.LIGHT_GROUND, Brand.DARK_GROUND)) {
            assertThat(brand.readableOn(ground).contrastWith(ground)).isGreaterThanOrEqualTo(Colour.READABLE);
        }
        assertThat(Colour.of(brand.toString())).hasValue(brand);
    }

    @Test
    void aColourThatCanBeReadStaysAsItIs() {
        assertThat(colour("#0b6e4f").readableOn(Brand.LIGHT_GROUND)).hasToString("#0b6e4f");
        assertThat(colour("#ffffff").readableOn(Brand.LIGHT_GROUND)).isNotEqualTo(Colour.WHITE);
    }

    @Test
    void theGroundsAreThoseOfTheStyleSheet() throws IOException {
        try (InputStream style = Brand.class.getResourceAsStream("style.css")) {
            assertThat(new String(style.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(
                            "--ground: " + Brand.LIGHT_GROUND + "; /* Brand.LIGHT_GROUND */",
                            "--card: " + Brand.DARK_GROUND + "; /* Brand.DARK_GROUND */");
        }
    }

    private static Colour colour(String text) {
        return Colour.of(text).orElseThrow();
    }
}
