package io.holisticos.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What pages show of whoever runs the service. */
record Brand(String name, Colour colour, Asset logo) {

    /** The darkest ground of light pages and the lightest of dark ones, as in {@code style.css}. */
    static final Colour LIGHT_GROUND = new Colour(0xf3, 0xf4, 0xf6);

    static final Colour DARK_GROUND = new Colour(0x23, 0x27, 0x2e);

    /** The style of all pages, in this brand's colours. */
    Asset style() {
        String css = ":root{" + shades(LIGHT_GROUND) + "}\n@media (prefers-color-scheme:dark){:root{"
                + shades(DARK_GROUND) + "}}\n" + shared();
        return Asset.of("style", "css", Asset.STYLE, css.getBytes(StandardCharsets.UTF_8));
    }

    private String shades(Colour ground) {
        Colour shade = colour.readableOn(ground);
        return "--accent:" + shade + ";--on-accent:" + shade.textOnTop();
    }

    private static String shared() {
        try (InputStream style = Objects.requireNonNull(Brand.class.getResourceAsStream("style.css"))) {
            return new String(style.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
