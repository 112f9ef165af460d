package io.holisticos.outbound;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits JSON into pieces without decoding them, so that one bad element of a list does not affect the others. Deep nesting,
 * very long numbers, NaN, control characters and invalid UTF-8 are left to the reader of the piece.
 */
public final class RawJson {

    private static final JsonFactory LENIENT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE) // the size of a reply is limited already
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .enable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
            .enable(JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS)
            .enable(JsonReadFeature.ALLOW_LEADING_DECIMAL_POINT_FOR_NUMBERS)
            .enable(JsonReadFeature.ALLOW_TRAILING_DECIMAL_POINT_FOR_NUMBERS)
            .build();

    private final byte[] body;
    private final JsonParser in;

    /** Reads a whole body, or a piece of one. */
    public RawJson(byte[] body) throws IOException {
        this.body = body;
        this.in = LENIENT.createParser(new String(outlineOf(body), StandardCharsets.ISO_8859_1));
    }

    /** A copy of the same length in which escapes and non-ASCII bytes are replaced, so that positions stay the same. */
    private static byte[] outlineOf(byte[] body) {
        byte[] outline = body.clone();
        for (int i = 0; i < outline.length; i++) {
            if (outline[i] == '\\' && i + 1 < outline.length) {
                outline[i] = 'x';
                outline[++i] = 'x'; // the escaped character, such as a quote
            } else if (outline[i] < 0) {
                outline[i] = 'x';
            }
        }
        return outline;
    }

    /** The elements of a JSON array, byte for byte as they were received. */
    public static List<byte[]> elementsOf(byte[] body) throws IOException {
        RawJson json = new RawJson(body);
        expect(json.in.nextToken() == JsonToken.START_ARRAY);
        List<byte[]> elements = json.elements();
        json.expectEnd();
        return elements;
    }

    /** The raw text of an object's field, even if the rest of the object is broken; empty when there is no such field. */
    public static String fieldOf(byte[] object, String name) {
        String found = "";
        try {
            RawJson json = new RawJson(object);
            json.expectObject();
            while (json.nextField()) {
                boolean wanted = json.fieldName().equals(name);
                byte[] value = json.value();
                found = wanted ? new String(value, StandardCharsets.ISO_8859_1) : found;
            }
        } catch (IOException e) {
            return found; // whatever was read before the broken part
        }
        return found;
    }

    /** Enters a body that must be an object. */
    public void expectObject() throws IOException {
        expect(in.nextToken() == JsonToken.START_OBJECT);
    }

    /** Moves to the next field of the object; false at its end. The methods below then read its value. */
    public boolean nextField() throws IOException {
        return in.nextToken() == JsonToken.FIELD_NAME;
    }

    /** The field's name if it is plain ASCII; of other names only the length is correct. */
    public String fieldName() throws IOException {
        return in.currentName();
    }

    /** The field's value as it was received. */
    public byte[] value() throws IOException {
        expect(in.nextToken() != null);
        return piece();
    }

    /** The elements of the field's array as they were received. */
    public List<byte[]> values() throws IOException {
        expect(in.nextToken() == JsonToken.START_ARRAY);
        return elements();
    }

    /** Requires that nothing follows. */
    public void expectEnd() throws IOException {
        expect(in.nextToken() == null);
    }

    private List<byte[]> elements() throws IOException {
        List<byte[]> elements = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            expect(in.currentToken() != null);
            elements.add(piece());
        }
        return elements;
    }

    private byte[] piece() throws IOException {
        long start = in.currentTokenLocation().getCharOffset();
        in.skipChildren();
        in.finishToken();
        long end = in.currentLocation().getCharOffset();
        return Arrays.copyOfRange(body, (int) start, (int) end);
    }

    private static void expect(boolean holds) throws IOException {
        if (!holds) {
            throw new OtherForm();
        }
    }

    /** Valid JSON, but not of the expected form. */
    public static final class OtherForm extends IOException {}
}
