/**
 * Seals what must never lie in the clear: tokens, raw payloads, e-mail, names. A data key per member, wrapped by a key
 * from configuration.
 *
 * <p>May use {@code health} and {@code notice}. Start reading at {@link io.holisticos.vault.Vault}.
 */
@NullMarked
package io.holisticos.vault;

import org.jspecify.annotations.NullMarked;
