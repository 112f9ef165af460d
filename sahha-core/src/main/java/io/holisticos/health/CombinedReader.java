package io.holisticos.health;

import java.time.LocalDate;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads all sources once and merges what they answer, for a route of one source that shows the others beside it. Thread-safe. */
@FunctionalInterface
public interface CombinedReader {

    /**
     * This day of a person from all sources. A source that is slow or fails is unavailable in it.
     *
     * @throws HealthError.MemberNotFound when no source knows the person
     */
    CombinedDay read(UserId who, LocalDate date);

    /**
     * One day.
     *
     * @param answers one of each source, in the order they were read
     * @param metrics the merged metrics by key, in their order, as they are written as JSON
     */
    record CombinedDay(List<TimedAnswer> answers, Map<String, Object> metrics) {

        public CombinedDay {
            answers = List.copyOf(answers);
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }

        /** Health values stay out of logs. */
        @Override
        public String toString() {
            return "CombinedDay"
                    + answers.stream().map(timed -> timed.answer().from()).toList();
        }
    }
}
