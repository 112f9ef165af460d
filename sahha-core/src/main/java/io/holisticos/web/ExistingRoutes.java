package io.holisticos.web;

/** The paths whose callers were there before us; their errors keep their form. */
final class ExistingRoutes {

    private ExistingRoutes() {}

    /** @param path with or without the leading slash */
    static boolean contain(String path) {
        String bare = path.startsWith("/") ? path.substring(1) : path;
        return bare.isEmpty()
                || bare.equals("health")
                || bare.startsWith("api/v1/health-metrics/")
                || bare.startsWith("api/v1/sahha/");
    }
}
