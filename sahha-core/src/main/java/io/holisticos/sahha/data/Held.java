package io.holisticos.sahha.data;

import java.util.List;

/**
 * What is held of some days of a member, and how the member stands: all of one moment, by one statement.
 *
 * @param scores in no order, however incomplete
 * @param biomarkers in no order but where that is said
 * @param sources which sources recorded what, by Sahha's logs
 * @param exercise when there was which exercise, by Sahha's logs
 */
public record Held(
        Standing standing,
        List<SahhaRow> scores,
        List<SahhaRow> biomarkers,
        List<LoggedSource> sources,
        List<SahhaDataLog> exercise) {}
