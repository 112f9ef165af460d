package io.holisticos.pages;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** The picture beside the name of a brand: that of the configuration, or the first letter of the name. */
final class Logo {

    /** A page has 300 kB in all. */
    static final int MOST_BYTES = 100_000;

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final String NAME = "logo";

    private Logo() {}

    /** What keeps a file from being a logo, in words for an operator. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String why) {
            super(why);
        }
    }

    /** @throws Unusable when the file cannot be read, is too large, or is neither SVG nor PNG */
    static Asset read(Path file) throws Unusable {
        byte[] content = bytesOf(file);
        if (content.length >= PNG.length && Arrays.equals(Arrays.copyOf(content, PNG.length), PNG)) {
            return Asset.of(NAME, "png", "image/png", content);
        }
        if (isSvg(content)) {
            return Asset.of(NAME, "svg", Asset.SVG, content);
        }
        throw new Unusable("is neither an SVG (without a document type) nor a PNG");
    }

    private static byte[] bytesOf(Path file) throws Unusable {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new Unusable("has more than " + MOST_BYTES / 1000 + " kB");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Unusable("cannot be read");
        }
    }

    /** An image runs no script of an SVG, so that only its form is looked at; entities of a document type could be endless. */
    private static boolean isSvg(byte[] content) {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(content));
            boolean isRoot = true;
            boolean isSvg = false;
            while (reader.hasNext()) {
                int event = reader.next();
                if (event == XMLStreamReader.DTD) {
                    return false;
                }
                if (event == XMLStreamReader.START_ELEMENT && isRoot) {
                    isRoot = false;
                    isSvg = reader.getLocalName().equals("svg")
                            && "http://www.w3.org/2000/svg".equals(reader.getNamespaceURI());
                }
            }
            return isSvg;
        } catch (XMLStreamException e) {
            return false;
        }
    }

    /** The first letter of the name, on the brand's colour. */
    static Asset ofLetter(String name, Colour colour) {
        int first = Character.toUpperCase(name.strip().codePointAt(0));
        return Asset.svg(
                NAME,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 64 64\"><rect width=\"64\" height=\"64\" rx=\"16\" fill=\""
                        + colour + "\"/><text x=\"32\" y=\"45\" font-family=\"system-ui,sans-serif\" font-size=\"38\""
                        + " font-weight=\"700\" text-anchor=\"middle\" fill=\"" + colour.textOnTop() + "\">&#" + first
                        + ";</text></svg>");
    }
}
