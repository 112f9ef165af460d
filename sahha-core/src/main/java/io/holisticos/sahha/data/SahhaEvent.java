package io.holisticos.sahha.data;

import io.holisticos.health.UserId;
import io.holisticos.sahha.api.SahhaKind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An event of Sahha's webhook: Sahha has something new of a member.
 *
 * @param type Sahha's own word; more may come
 * @param kind what has to be fetched again; null when nothing has to be
 * @param logs which sources recorded what, where the event tells that
 */
public record SahhaEvent(String type, UserId who, @Nullable SahhaKind kind, List<SahhaDataLog> logs) {

    public SahhaEvent {
        logs = List.copyOf(logs);
    }

    /** An event without logs. */
    public SahhaEvent(String type, UserId who, @Nullable SahhaKind kind) {
        this(type, who, kind, List.of());
    }

    /** Member ids stay out of logs. */
    @Override
    public String toString() {
        return "SahhaEvent[" + type + "]";
    }
}
