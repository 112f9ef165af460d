package io.holisticos.sahha.data;

import java.time.LocalDate;

/**
 * That a source recorded something on a day, by Sahha's logs.
 *
 * @param day as of {@link SahhaDataLog}
 * @param sleepDay as of {@link SahhaDataLog}
 */
public record LoggedSource(LocalDate day, LocalDate sleepDay, String logType, String dataType, String source) {}
