package io.holisticos.unified;

import io.holisticos.health.HealthError.InvalidRequest;

/** Reads parameters that are {@code true} or {@code false} and nothing else. */
final class TrueOrFalse {

    private TrueOrFalse() {}

    static boolean parse(String parameter, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new InvalidRequest(parameter + " must be true or false");
        };
    }
}
