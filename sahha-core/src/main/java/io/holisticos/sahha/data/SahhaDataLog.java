package io.holisticos.sahha.data;

import java.time.Instant;
import java.time.LocalDate;

/**
 * That a source recorded something of a member. What it measured is not kept.
 *
 * @param logType Sahha's own word, such as {@code sleep}
 * @param dataType Sahha's own word, such as {@code sleep_stage_deep}
 * @param source Sahha's own text, such as the id of an app
 * @param day the member's day that it began on; of a sleep the sleep day
 * @param sleepDay the member's sleep day that it ended on, for what is measured in sleep
 */
public record SahhaDataLog(
        String logType, String dataType, String source, LocalDate day, LocalDate sleepDay, Instant start, Instant end) {

    /** Health data stay out of logs. */
    @Override
    public String toString() {
        return "SahhaDataLog[" + logType + "]";
    }
}
