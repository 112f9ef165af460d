/**
 * How a member connects WHOOP and disconnects it: links, pages and routes, OAuth 2.0 consents, and finding out the account.
 *
 * <p>May use: {@code vitals}, {@code health}, {@code trace}, {@code audit}, {@code outbound}, {@code vault}, {@code jobs}, {@code pages}, {@code web}, {@code whoop.api}, {@code whoop.custody}, {@code database}.
 *
 * <p>Start reading at {@link io.holisticos.whoop.connect.ConnectFlow}, then {@code CodeExchange}.
 */
@NullMarked
package io.holisticos.whoop.connect;

import org.jspecify.annotations.NullMarked;
