package io.holisticos.vitals;

import java.util.Map;
import java.util.function.Supplier;

/**
 * A route that callers ask all the time, as the warm-up asks it before there are callers.
 *
 * @param name for the log
 * @param next makes the next request; each may differ
 */
public record HotRoute(String name, Supplier<Request> next) {

    /**
     * One request.
     *
     * @param body empty for GET
     * @param status of the answer; with any other the route does not do its work
     */
    public record Request(String path, Map<String, String> headers, byte[] body, int status) {

        public Request {
            headers = Map.copyOf(headers);
        }

        /** GET, for an answer with 200. */
        public static Request get(String path) {
            return new Request(path, Map.of(), new byte[0], 200);
        }

        /** POST of JSON to a receiver of webhooks, which acknowledges it. */
        public static Request webhook(String path, Map<String, String> headers, byte[] body) {
            return new Request(path, headers, body, 204);
        }

        public boolean isPost() {
            return body.length > 0;
        }

        /** Headers hold signatures. */
        @Override
        public String toString() {
            return "Request[" + body.length + " bytes]";
        }
    }
}
