package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import org.jspecify.annotations.Nullable;

/**
 * Whose records a call brings.
 *
 * @param account the member's WHOOP account when the call was begun; null when it was not known
 */
record Owner(UserId who, @Nullable Long account) {}
