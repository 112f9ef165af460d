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
 * Takes JSON apart without looking into the pieces: what one element of a list holds is no matter of the others. Deep
 * nesting, endless numbers, NaN, control characters and bytes that are no UTF-8 are left to whoever reads the piece.
 */
public final class RawJson {

    private static final JsonFactory LENIENT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE) // a reply is bounded already
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

    /** Over a whole body, or a piece of one. */
    public RawJson(byte[] body) throws IOException {
        this.body = body;
        this.in = LENIENT.createParser(new String(outlineOf(body), StandardCharsets.ISO_8859_1));
    }

    /** Byte for byte, with what only means something within texts made harmless. */
    private static byte[] outlineOf(byte[] body) {
        byte[] outline = body.clone();
        for (int i = 0; i < outline.length; i++) {
            if (outline[i] == '\\' && i + 1 < outline.length) {
                outline[i] = 'x';
                outline[++i] = 'x'; // what it escapes, such as a quote
            } else if (outline[i] < 0) {
                outline[i] = 'x';
            }
        }
        return outline;
    }

    /** The elements of a body that is a list, as the bytes they came in. */
    public static List<byte[]> elementsOf(byte[] body) throws IOException {
        RawJson json = new RawJson(body);
        expect(json.in.nextToken() == JsonToken.START_ARRAY);
        List<byte[]> elements = json.elements();
        json.expectEnd();
        return elements;
    }

    /** A field of an object, in ASCII and as it came, however broken the rest of it is; empty when there is none. */
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
            return found; // as far as it could be read
        }
        return found;
    }

    /** Goes into a body that is an object. */
    public void expectObject() throws IOException {
        expect(in.nextToken() == JsonToken.START_OBJECT);
    }

    /** Goes to the next field of the object; false at its end. The field's value is read by one of the methods below. */
    public boolean nextField() throws IOException {
        return in.nextToken() == JsonToken.FIELD_NAME;
    }

    /** The field's name, if it is written in plain ASCII; of any other, only the length is right. */
    public String fieldName() throws IOException {
        return in.currentName();
    }

    /** The field's value, as it came. */
    public byte[] value() throws IOException {
        expect(in.nextToken() != null);
        return piece();
    }

    /** The elements of the field's value, as they came. */
    public List<byte[]> values() throws IOException {
        expect(in.nextToken() == JsonToken.START_ARRAY);
        return elements();
    }

    /** That nothing follows. */
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

    /** JSON, but not what was asked for. */
    public static final class OtherForm extends IOException {}
}
