package io.holisticos.sahha.api;

/** What Sahha issues to our account: the account token is requested with it. */
public record AccountCredentials(String clientId, String clientSecret) {

    /** Secrets stay out of logs. */
    @Override
    public String toString() {
        return "AccountCredentials[]";
    }
}
