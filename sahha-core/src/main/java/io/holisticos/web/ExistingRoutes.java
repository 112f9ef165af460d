package io.holisticos.web;

import java.util.regex.Pattern;

/** The existing paths of the former service. Their errors keep their form. */
public final class ExistingRoutes {

    private static final Pattern MATRIX_PARAMETERS = Pattern.compile(";[^/]*");

    private ExistingRoutes() {}

    /** @param path with or without the leading slash */
    public static boolean contain(String path) {
        String bare = bare(path);
        return bare.isEmpty() || bare.equals("health") || holdHealthData(path);
    }

    /** Whether a path answers with a person's data, so is not one of the two probes. */
    public static boolean holdHealthData(String path) {
        String bare = bare(path);
        return bare.startsWith("api/v1/health-metrics/") || bare.startsWith("api/v1/sahha/");
    }

    /** The form in which routes are matched: without the leading slash and matrix parameters. */
    private static String bare(String path) {
        String plain = MATRIX_PARAMETERS.matcher(path).replaceAll("");
        return plain.startsWith("/") ? plain.substring(1) : plain;
    }
}
