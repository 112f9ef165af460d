package io.holisticos.whoop.sync;

import java.util.List;
import java.util.Map;

/**
 * How many connected members were last read when. Where they are many, it is an estimate from a sample: a look has to cost the
 * same with a million members.
 *
 * @param byAge by the words of {@link #AGES}
 */
record MembersByFreshness(Map<String, Double> byAge) {

    static final List<String> AGES = List.of("within_6h", "within_24h", "within_48h", "older", "never");

    MembersByFreshness {
        byAge = Map.copyOf(byAge);
    }

    double of(String age) {
        return byAge.getOrDefault(age, 0.0);
    }
}
