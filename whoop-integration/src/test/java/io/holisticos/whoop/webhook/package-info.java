/**
 * Tests of what WHOOP tells us by webhook, on a real PostgreSQL.
 *
 * <p>May use everything. Start reading at {@link io.holisticos.whoop.webhook.WebhookInboxTest}.
 */
@NullMarked
package io.holisticos.whoop.webhook;

import org.jspecify.annotations.NullMarked;
