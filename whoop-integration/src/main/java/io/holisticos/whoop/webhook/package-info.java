/**
 * What WHOOP tells us by webhook: verified, kept durably before it is acknowledged, and handed on as changes.
 *
 * <p>May use {@code whoop.sync}, {@code whoop.connect} and sahha-core's shared packages. Start reading at {@link
 * io.holisticos.whoop.webhook.WhoopWebhookResource}, then {@link io.holisticos.whoop.webhook.WebhookInbox}.
 */
@NullMarked
package io.holisticos.whoop.webhook;

import org.jspecify.annotations.NullMarked;
