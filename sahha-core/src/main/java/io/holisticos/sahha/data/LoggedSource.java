package io.holisticos.sahha.data;

import java.time.LocalDate;

/** That a source recorded something on a day, by Sahha's logs. */
public record LoggedSource(LocalDate day, String logType, String dataType, String source) {}
