package io.holisticos.sandbox.door;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request that a button sends.
 *
 * @param to whose it is
 * @param path with its query
 * @param body JSON; null for none
 */
record Request(String method, To to, String path, @Nullable String body) {

    /** Who answers on this machine. */
    enum To {
        APP,
        ADMIN,
        WHOOP,
        SAHHA;

        /** Whether requests bear the service key. */
        boolean isKeyed() {
            return this == APP || this == ADMIN;
        }
    }

    static Request get(To to, String path) {
        return new Request("GET", to, path, null);
    }

    static Request post(To to, String path) {
        return new Request("POST", to, path, null);
    }

    static Request post(To to, String path, String body) {
        return new Request("POST", to, path, body);
    }

    static Request put(To to, String path, String body) {
        return new Request("PUT", to, path, body);
    }

    static Request delete(To to, String path) {
        return new Request("DELETE", to, path, null);
    }

    Optional<String> content() {
        return Optional.ofNullable(body);
    }

    /** The same request as a command that a shell takes. */
    String asCurl(String base, String key) {
        StringBuilder command = new StringBuilder("curl");
        if (!method.equals("GET")) {
            command.append(" -X ").append(method);
        }
        if (to.isKeyed()) {
            command.append(" -H ").append(quoted("X-API-Key: " + key));
        }
        content()
                .ifPresent(json -> command.append(" -H ")
                        .append(quoted("Content-Type: application/json"))
                        .append(" -d ")
                        .append(quoted(json)));
        return command.append(' ').append(quoted(base + path)).toString();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
