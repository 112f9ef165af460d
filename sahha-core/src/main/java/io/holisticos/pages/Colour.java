package io.holisticos.pages;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A colour of a screen (sRGB), each part 0 to 255, and how well it can be read beside others (WCAG 2.2). */
record Colour(int red, int green, int blue) {

    static final Colour BLACK = new Colour(0, 0, 0);
    static final Colour WHITE = new Colour(255, 255, 255);

    /** The least contrast of text with its ground (WCAG 2.2, 1.4.3, level AA). */
    static final double READABLE = 4.5;

    private static final Pattern HEX = Pattern.compile("#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})");
    private static final Pattern SHORT_HEX = Pattern.compile("#([0-9a-fA-F])([0-9a-fA-F])([0-9a-fA-F])");
    private static final int STEPS = 50;

    /** As style sheets write it: {@code #0b6e4f} or {@code #fff}. */
    static Optional<Colour> of(String text) {
        Matcher hex = HEX.matcher(text);
        if (hex.matches()) {
            return Optional.of(new Colour(part(hex.group(1)), part(hex.group(2)), part(hex.group(3))));
        }
        Matcher shortHex = SHORT_HEX.matcher(text);
        return shortHex.matches()
                ? Optional.of(new Colour(
                        part(shortHex.group(1).repeat(2)),
                        part(shortHex.group(2).repeat(2)),
                        part(shortHex.group(3).repeat(2))))
                : Optional.empty();
    }

    /** From 1, the same, to 21, black and white. */
    double contrastWith(Colour other) {
        double one = luminance();
        double two = other.luminance();
        return (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    }

    /** White where it can be read on this colour, else black: one of them always can. */
    Colour textOnTop() {
        return contrastWith(WHITE) >= READABLE ? WHITE : BLACK;
    }

    /** This colour, as much darker or lighter as it takes to be read on that ground. */
    Colour readableOn(Colour ground) {
        Colour end = ground.textOnTop();
        Colour shade = this;
        for (int step = 1; shade.contrastWith(ground) < READABLE; step++) {
            shade = mixedWith(end, (double) step / STEPS);
        }
        return shade;
    }

    private Colour mixedWith(Colour other, double share) {
        return new Colour(
                mixed(red, other.red, share), mixed(green, other.green, share), mixed(blue, other.blue, share));
    }

    private static int mixed(int from, int to, double share) {
        return (int) Math.round(from + (to - from) * share);
    }

    /** From 0, black, to 1, white. */
    private double luminance() {
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    }

    private static double linear(int part) {
        double share = part / 255.0;
        return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    }

    private static int part(String hex) {
        return Integer.parseInt(hex, 16);
    }

    /** As a style sheet writes it. */
    @Override
    public String toString() {
        return String.format("#%02x%02x%02x", red, green, blue);
    }
}
