package io.holisticos.pages;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file that pages load. Its name holds a hash of it, so that a browser that has it never asks again.
 *
 * @param file its name, such as {@code style-0a1b2c3d4e5f.css}
 * @param type its media type
 */
record Asset(String file, String type, byte[] content) {

    static final String SVG = "image/svg+xml";
    static final String STYLE = "text/css; charset=utf-8";

    private static final String SCRIPT = "text/javascript; charset=utf-8";

    /** So many letters tell versions of a file apart. */
    private static final int LETTERS = 16;

    private static final Pattern VERSION = Pattern.compile("-[0-9a-f]{" + LETTERS + "}(?=\\.[a-z]+$)");

    static Asset of(String name, String ending, String type, byte[] content) {
        return new Asset(name + "-" + hash(content).substring(0, LETTERS) + "." + ending, type, content.clone());
    }

    /** A script or style of ours or of a library; the ending of its name says which. */
    static Asset ofResource(String name, Class<?> beside, String resource) {
        int dot = name.lastIndexOf('.');
        String ending = name.substring(dot + 1);
        try (InputStream file = beside.getResourceAsStream(resource)) {
            if (file == null) {
                throw new IllegalStateException(beside.getPackageName() + " has no " + resource);
            }
            return of(name.substring(0, dot), ending, typeOf(ending), file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String typeOf(String ending) {
        return switch (ending) {
            case "js" -> SCRIPT;
            case "css" -> STYLE;
            default -> throw new IllegalStateException("pages load no ." + ending);
        };
    }

    boolean isScript() {
        return type.equals(SCRIPT);
    }

    static Asset svg(String name, String text) {
        return of(name, "svg", SVG, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether the name is one that this file has in some version of ours: it has a hash, whichever. */
    boolean isNamed(String otherFile) {
        Matcher version = VERSION.matcher(otherFile);
        return version.find()
                && version.replaceFirst("").equals(VERSION.matcher(file).replaceFirst(""));
    }

    /** Below the address of the service. */
    String path() {
        return "/assets/" + file;
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return file;
    }
}
