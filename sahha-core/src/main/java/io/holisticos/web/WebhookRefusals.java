package io.holisticos.web;

/** Receives the webhooks that were refused, without their content. */
@FunctionalInterface
public interface WebhookRefusals {

    /** @param outcome never an outcome that is acknowledged */
    void refused(String provider, WebhookOutcome outcome);
}
