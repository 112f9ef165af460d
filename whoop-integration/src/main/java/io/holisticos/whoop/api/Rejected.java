package io.holisticos.whoop.api;

/**
 * A record that breaks a documented rule and was left out of its page.
 *
 * @param id WHOOP's id of it, or {@code unknown}
 * @param reason which field breaks which rule; never a value
 */
public record Rejected(String id, String reason) {}
