package io.holisticos.whoop.sync;

import java.util.Map;

/**
 * What is written down when something is told, if it is told for the first time: a statement that returns a row then, and
 * none for a repetition. It goes before the statement that notes the change, so that both cost one round trip.
 *
 * @param sql an {@code insert}, {@code update} or {@code select}, which returns a row or none
 * @param arguments of its named parameters, none of them named as those of the change: {@code who}, {@code record},
 *     {@code collection}, {@code partner}, {@code happened}, {@code toldAt}, {@code dueAt}, {@code owedSince}, {@code task}
 */
public record News(String sql, Map<String, ?> arguments) {

    /** They may hold what is nobody's business. */
    @Override
    public String toString() {
        return "News" + arguments.keySet();
    }
}
