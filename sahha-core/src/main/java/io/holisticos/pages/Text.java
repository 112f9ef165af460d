package io.holisticos.pages;

import java.text.Bidi;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A text of a page, with placeholders such as <code>{account}</code>. */
public final class Text {

    private static final Pattern GAP = Pattern.compile("\\{([a-z]+)}");

    /** Between two of them, and before and after, stands a placeholder: what is told apart is kept in one list. */
    private record Piece(String text, boolean isGap) {}

    private final List<Piece> pieces;

    private Text(List<Piece> pieces) {
        this.pieces = pieces;
    }

    static Text of(String written) {
        List<Piece> pieces = new ArrayList<>();
        Matcher gap = GAP.matcher(written);
        int end = 0;
        while (gap.find()) {
            pieces.add(new Piece(written.substring(end, gap.start()), false));
            pieces.add(new Piece(gap.group(1), true));
            end = gap.end();
        }
        pieces.add(new Piece(written.substring(end), false));
        return new Text(List.copyOf(pieces));
    }

    /** As it stands in its file. */
    String written() {
        return pieces.stream()
                .map(piece -> piece.isGap() ? "{" + piece.text() + "}" : piece.text())
                .collect(Collectors.joining());
    }

    /** The names of its placeholders. */
    Set<String> gaps() {
        return pieces.stream().filter(Piece::isGap).map(Piece::text).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The text with its placeholders filled.
     *
     * @throws IllegalArgumentException when one has no value
     */
    List<Part> filledWith(Map<String, ?> values) {
        UnaryOperator<String> filled = name -> {
            Object value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException("no value for {" + name + "}");
            }
            return value.toString();
        };
        return pieces.stream()
                .filter(piece -> !piece.text().isEmpty())
                .map(piece -> piece.isGap() ? Part.given(filled.apply(piece.text())) : new Part(piece.text(), false))
                .toList();
    }

    /**
     * A part of a text.
     *
     * @param isolated whether it would turn the direction of what stands around it: a name in Hebrew or Arabic
     */
    public record Part(String text, boolean isolated) {

        private static Part given(String value) {
            char[] letters = value.toCharArray();
            return new Part(value, Bidi.requiresBidi(letters, 0, letters.length));
        }
    }
}
