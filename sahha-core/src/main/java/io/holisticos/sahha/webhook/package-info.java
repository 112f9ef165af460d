/**
 * Sahha's webhook: checks the signature, stores the events durably, and fetches later what they tell of.
 *
 * <p>May use: {@code health}, {@code database}, {@code web}, {@code sahha.api}, {@code sahha.data}, {@code sahha.refresh}.
 *
 * <p>Start reading at {@link io.holisticos.sahha.webhook.SahhaWebhookResource}.
 */
@NullMarked
package io.holisticos.sahha.webhook;

import org.jspecify.annotations.NullMarked;
