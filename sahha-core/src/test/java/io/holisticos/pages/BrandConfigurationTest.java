package io.holisticos.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.dropwizard.jersey.validation.Validators;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section {@code brand}: its defaults, what it makes of a name, a colour and a logo, and what it refuses. */
class BrandConfigurationTest {

    private static final String SVG = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"/>";

    @TempDir
    Path folder;

    private final BrandConfiguration configuration = new BrandConfiguration();

    @Test
    void withoutAnythingThePagesHaveANameAColourAndALetter() {
        assertThat(refusals()).isEmpty();
        assertThat(configuration.brand().name()).isEqualTo("Unified Health");
        assertThat(text(configuration.brand().logo())).contains(">&#85;<", "fill=\"#0b6e4f\"", "fill=\"#ffffff\"");
        assertThat(text(configuration.brand().style()))
                .startsWith(":root{--accent:#0b6e4f;--on-accent:#ffffff}")
                .contains("prefers-color-scheme:dark", ":focus-visible", "prefers-reduced-motion");
    }

    @Test
    void aLightColourIsDarkenedOnLightGroundAndHasBlackTextOnDarkGround() {
        configuration.colour = "#ffe600";

        assertThat(text(configuration.brand().style()))
                .contains("--accent:#ffe600;--on-accent:#000000")
                .doesNotStartWith(":root{--accent:#ffe600");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a<b>&\"c", "עברית", "42", "Ö"})
    void aNameMayBeAnyLine(String name) {
        configuration.name = name;

        assertThat(refusals()).isEmpty();
        assertThat(text(configuration.brand().logo())).doesNotContain("<b>", "\"c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "…", "a\nb", "a\u202eb", "1234567890123456789012345678901234567890123456789012345678901"
            })
    void othersAreNone(String name) {
        configuration.name = name;

        assertThat(refusals()).contains("name must have 1 to 60 characters");
    }

    @Test
    void aColourIsAHexColour() {
        configuration.colour = "green";

        assertThat(refusals()).contains("colour (BRAND_COLOUR) must be a colour such as #0b6e4f");
    }

    @Test
    void aLogoIsAnSvgOrAPngWhateverItIsCalled() throws IOException {
        byte[] png = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0};
        configuration.logo = file("logo.txt", png);
        assertThat(refusals()).isEmpty();
        assertThat(configuration.brand().logo().type()).isEqualTo("image/png");

        configuration.logo = file("logo.svg", SVG.getBytes(StandardCharsets.UTF_8));
        assertThat(refusals()).isEmpty();
        assertThat(configuration.brand().logo().file()).matches("logo-[0-9a-f]{16}\\.svg");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
                "<svg/>",
                "<svg xmlns=\"http://www.w3.org/2000/svg\">",
                "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\">&a;</svg>",
                "GIF89a"
            })
    void otherFilesAreNoLogos(String content) throws IOException {
        configuration.logo = file("logo.svg", content.getBytes(StandardCharsets.UTF_8));

        assertThat(refusals()).contains("logo (BRAND_LOGO) must be a file that can be read");
    }

    @Test
    void neitherAreFilesThatAreTooLargeOrNotThere() throws IOException {
        configuration.logo = file("logo.svg", (SVG + " ".repeat(Logo.MOST_BYTES)).getBytes(StandardCharsets.UTF_8));
        assertThat(refusals()).contains("100 kB at most");

        configuration.logo = folder.resolve("none.png").toString();
        assertThat(refusals()).contains("must be a file that can be read");

        configuration.logo = folder.toString();
        assertThat(refusals()).contains("must be a file that can be read");
    }

    private String file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content).toString();
    }

    private String refusals() {
        return Validators.newValidator().validate(configuration).stream()
                .map(refusal -> refusal.getPropertyPath() + " " + refusal.getMessage())
                .collect(Collectors.joining(", "));
    }

    private static String text(Asset asset) {
        return new String(asset.content(), StandardCharsets.UTF_8);
    }
}
