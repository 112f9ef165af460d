package io.holisticos.web;

/** Hears of webhooks that were not taken in; nothing of what came with them is passed on. */
@FunctionalInterface
public interface RefusedWebhooks {

    /** @param outcome never an acknowledged one */
    void note(String provider, WebhookOutcome outcome);
}
