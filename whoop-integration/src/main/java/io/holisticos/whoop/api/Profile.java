package io.holisticos.whoop.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who a member is to WHOOP. The user id routes webhooks; the rest is personal data. */
public record Profile(
        @JsonProperty("user_id") long userId,
        @JsonProperty("email") String email,
        @JsonProperty("first_name") String firstName,
        @JsonProperty("last_name") String lastName) {

    public Profile {
        Rules.required(email, "email");
        Rules.required(firstName, "first_name");
        Rules.required(lastName, "last_name");
    }

    /** Personal data stays out of logs. */
    @Override
    public String toString() {
        return "Profile[" + userId + "]";
    }
}
