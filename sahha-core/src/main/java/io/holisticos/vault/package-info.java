/**
 * Seals values that must never be stored in the clear: tokens, raw payloads, e-mail addresses, names. Each member has a data
 * key, which is wrapped by a key from the configuration.
 *
 * <p>May use: {@code health}, {@code notice}.
 *
 * <p>Start reading at {@link io.holisticos.vault.Vault}.
 */
@NullMarked
package io.holisticos.vault;

import org.jspecify.annotations.NullMarked;
