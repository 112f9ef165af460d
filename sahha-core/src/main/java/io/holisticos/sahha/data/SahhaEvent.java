package io.holisticos.sahha.data;

import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import org.jspecify.annotations.Nullable;

/**
 * An event of Sahha's webhook: Sahha has something new of a member.
 *
 * @param type Sahha's own word; more may come
 * @param kind what has to be fetched again; null when nothing has to be
 */
public record SahhaEvent(String type, UserId who, @Nullable SahhaKind kind) {

    /** Member ids stay out of logs. */
    @Override
    public String toString() {
        return "SahhaEvent[" + type + "]";
    }
}
