package io.holisticos.app;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.commons.text.StringSubstitutor;
import org.jspecify.annotations.Nullable;

/**
 * The environment variables that {@code config.yml} reads, and which of their values are secret. An empty variable
 * counts as not set.
 */
final class Variables {

    private static final Pattern SECRET = Pattern.compile(".*(SECRET|PASSWORD|KEY|TOKEN)");
    private static final Pattern PASSWORD_IN_URL =
            Pattern.compile("((?i)password=|://[^\\s/:@'\"]*:(?=[^\\s/@'\"]+@))[^&\\s@'\"]+");

    /** Shorter secrets would remove ordinary words from every line. */
    private static final int SHORTEST_HIDDEN = 4;

    private static final String HIDDEN = "…";

    private final Function<String, @Nullable String> environment;
    private final Set<String> secrets = ConcurrentHashMap.newKeySet();

    Variables(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    StringSubstitutor substitutor() {
        return new StringSubstitutor(this::value).setEnableUndefinedVariableException(true);
    }

    private @Nullable String value(String name) {
        String value = environment.apply(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        if (SECRET.matcher(name).matches() && value.length() >= SHORTEST_HIDDEN) {
            secrets.add(value);
        }
        return value;
    }

    /** The same text without the secrets that were read. */
    String hidden(String text) {
        String without = PASSWORD_IN_URL.matcher(text).replaceAll("$1" + HIDDEN);
        for (String secret : secrets) {
            without = without.replace(secret, HIDDEN);
        }
        return without;
    }
}
