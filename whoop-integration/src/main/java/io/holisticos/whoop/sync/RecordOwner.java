package io.holisticos.whoop.sync;

import io.holisticos.health.UserId;
import org.jspecify.annotations.Nullable;

/**
 * The member whose records a call fetches.
 *
 * @param account the member's WHOOP account when the call was begun; null when it was not known
 */
record RecordOwner(UserId who, @Nullable Long account) {}
