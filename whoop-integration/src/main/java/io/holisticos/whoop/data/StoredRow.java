package io.holisticos.whoop.data;

import io.holisticos.health.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A row, as far as it is needed to derive it again.
 *
 * @param key tells it from the member's other records
 * @param payloadSealed null when the archive does not keep it any more
 * @param sealed the whole row as JSON when columns of it are sealed, else empty
 */
record StoredRow(UserId who, String key, byte[] hash, byte @Nullable [] payloadSealed, String sealed) {
    @Override
    public String toString() {
        return "StoredRow[" + key + "]";
    }
}
