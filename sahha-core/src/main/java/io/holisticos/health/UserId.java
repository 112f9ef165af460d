package io.holisticos.health;

/** The caller's id of a person, which is Sahha's {@code externalId} and never a WHOOP id. It has 1 to 100 characters. */
public record UserId(String value) {

    /** Sahha allows any unique text of at most 100 characters (Sahha docs, "Register and Authenticate Profiles"). */
    public static final int MAX_LENGTH = 100;

    public UserId {
        if (value.isBlank() || value.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("user_id must have 1 to " + MAX_LENGTH + " characters");
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("user_id must not contain control characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
