package io.holisticos.pages;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dropwizard.validation.ValidationMethod;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;

/** By what members know the pages of whoever runs the service. Read once at the start. */
public final class BrandConfiguration {

    /** Beside the logo on each page, and in its title. */
    @NotNull
    @Pattern(
            regexp = "(?=.{1,60}$)[^\\p{Cntrl}\\p{Cf}]*[\\p{L}\\p{N}][^\\p{Cntrl}\\p{Cf}]*",
            message = "must have 1 to 60 characters, a letter or digit among them and no control character")
    @JsonProperty
    String name = "Unified Health";

    /**
     * Of buttons and links. Where it could not be read on the ground of a page, a darker or lighter shade takes its place, and
     * texts on it are white or black, whichever can be read.
     */
    @NotNull
    @JsonProperty
    String colour = "#0b6e4f";

    /** A file, SVG or PNG, 100 kB at most; empty for the first letter of the name. */
    @NotNull
    @JsonProperty
    String logo = "";

    public BrandConfiguration() {}

    @ValidationMethod(message = "colour (BRAND_COLOUR) must be a colour such as #0b6e4f")
    boolean isColourKnown() {
        return Colour.of(colour).isPresent();
    }

    @ValidationMethod(
            message =
                    "logo (BRAND_LOGO) must be a file that can be read, SVG (without a document type) or PNG, 100 kB at most")
    boolean isLogoUsable() {
        try {
            return logo.isBlank() || !Logo.read(Path.of(logo)).file().isEmpty();
        } catch (Logo.Unusable e) {
            return false;
        }
    }

    /** @throws IllegalStateException when it was not checked before, or the file has changed since */
    Brand brand() {
        Colour known = Colour.of(colour).orElseThrow(() -> new IllegalStateException("no colour"));
        try {
            Asset picture = logo.isBlank() ? Logo.ofLetter(name, known) : Logo.read(Path.of(logo));
            return new Brand(name.strip(), known, picture);
        } catch (Logo.Unusable e) {
            throw new IllegalStateException("the logo " + e.getMessage(), e);
        }
    }
}
