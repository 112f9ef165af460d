/**
 * Receives WHOOP's webhooks: checks the signature, parses the event, and answers once it is durable.
 *
 * <p>May use: {@code health}, {@code database}, {@code vault}, {@code jobs}, {@code web}, {@code whoop.sync}.
 *
 * <p>Start reading at {@link io.holisticos.whoop.webhook.WhoopWebhookResource}, then {@link
 * io.holisticos.whoop.webhook.WebhookInbox}.
 */
@NullMarked
package io.holisticos.whoop.webhook;

import org.jspecify.annotations.NullMarked;
