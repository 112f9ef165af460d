package io.holisticos.web;

/** The paths whose callers were there before us; their errors keep their form. */
public final class ExistingRoutes {

    private ExistingRoutes() {}

    /** @param path with or without the leading slash */
    public static boolean contain(String path) {
        String bare = bare(path);
        return bare.isEmpty() || bare.equals("health") || holdHealthData(path);
    }

    /** Those that answer with a person's data, so not the two probes. */
    public static boolean holdHealthData(String path) {
        String bare = bare(path);
        return bare.startsWith("api/v1/health-metrics/") || bare.startsWith("api/v1/sahha/");
    }

    private static String bare(String path) {
        return path.startsWith("/") ? path.substring(1) : path;
    }
}
