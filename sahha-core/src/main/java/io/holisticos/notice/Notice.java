package io.holisticos.notice;

/**
 * A notice that something changed. It does not hold the new value, which is read from its owner.
 *
 * @param topic the kind of thing, such as {@code flag}
 * @param key which one of that kind; never a secret
 */
public record Notice(String topic, String key) {

    private static final int MAX_KEY = 200;

    public Notice {
        if (!topic.matches("[a-z_]{1,50}")) {
            throw new IllegalArgumentException("a topic is 1 to 50 of a to z and _");
        }
        if (key.length() > MAX_KEY) {
            throw new IllegalArgumentException("a key has at most " + MAX_KEY + " characters");
        }
    }
}
