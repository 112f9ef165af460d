package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cycle with its recovery and sleeps, and the day it belongs to. By the documented rules that is the local date on which
 * its main sleep ended, by the sleep's own offset; without a main sleep, the local date twelve hours after the cycle's start.
 *
 * @param cycle a missing node if WHOOP has none; the same holds for recovery and sleep
 * @param sleep the longest sleep that is not a nap
 * @param span from the cycle's start to its end; null without a cycle
 */
record ExpectedCycle(
        long id,
        JsonNode cycle,
        JsonNode recovery,
        JsonNode sleep,
        List<JsonNode> naps,
        List<JsonNode> otherSleeps,
        @Nullable Span span) {

    /** @param end {@link Instant#MAX} while the cycle is open */
    record Span(Instant start, Instant end) {
        static Span of(JsonNode cycle) {
            return new Span(
                    WireJson.moment(cycle.path("start")),
                    cycle.path("end").isNull() ? Instant.MAX : WireJson.moment(cycle.path("end")));
        }
    }

    /** A day awake and the night before it. A longer cycle is of several days together. */
    private static final Duration LONGEST_DAY = Duration.ofHours(36);

    private static final Duration TO_THE_DAY = Duration.ofHours(12);

    /** A workout that begins within this time of a cycle's start belongs to the cycle's day. */
    private static final Duration REACH = Duration.ofHours(36);

    /** The cycle that decides about a day: longest main sleep, then latest end, an open one last, then highest id. */
    static final Comparator<ExpectedCycle> WEIGHT = Comparator.comparing(ExpectedCycle::slept)
            .thenComparing(ExpectedCycle::ended)
            .thenComparing(ExpectedCycle::id);

    static ExpectedCycle of(long id, @Nullable JsonNode cycle, @Nullable JsonNode recovery, List<JsonNode> sleeps) {
        List<JsonNode> nights = new ArrayList<>();
        List<JsonNode> naps = new ArrayList<>();
        for (JsonNode sleep : sleeps) {
            (sleep.path("nap").asBoolean() ? naps : nights).add(sleep);
        }
        nights.sort(Comparator.comparing(ExpectedCycle::length)
                .thenComparing(sleep -> WireJson.moment(sleep.path("end")))
                .reversed());
        naps.sort(Comparator.comparing(nap -> WireJson.moment(nap.path("start"))));
        return new ExpectedCycle(
                id,
                orMissing(cycle),
                orMissing(recovery),
                nights.isEmpty() ? MissingNode.getInstance() : nights.get(0),
                naps,
                nights.isEmpty() ? List.of() : nights.subList(1, nights.size()),
                cycle == null ? null : Span.of(cycle));
    }

    Optional<LocalDate> day() {
        if (!sleep.isMissingNode()) {
            return Optional.of(localDate(sleep, "end"));
        }
        if (span != null) {
            Instant inTheDay = span.start().plus(TO_THE_DAY);
            return Optional.of(LocalDate.ofInstant(inTheDay, offset(cycle)));
        }
        return naps.stream().findFirst().map(nap -> localDate(nap, "end"));
    }

    /** The offset of the day: where the main sleep ended, else where the cycle began; null without either. */
    @Nullable
    ZoneOffset dayOffset() {
        if (!sleep.isMissingNode()) {
            return offset(sleep);
        }
        return span == null ? null : offset(cycle);
    }

    /** When the cycle began; a cycle that is not known began before all others. */
    Instant began() {
        return span == null ? Instant.MIN : span.start();
    }

    /** Whether a workout that begins at that moment belongs to this cycle's day. */
    boolean reaches(Instant moment) {
        return span != null
                && !moment.isBefore(span.start())
                && !moment.isAfter(span.start().plus(REACH))
                && moment.isBefore(span.end());
    }

    /** @param readUntil how long an open cycle has lasted is known until then */
    boolean isOfSeveralDays(Instant readUntil) {
        if (span == null) {
            return false;
        }
        Instant end = span.end().equals(Instant.MAX) ? readUntil : span.end();
        return end.isAfter(span.start().plus(LONGEST_DAY));
    }

    /** WHOOP's records by their key in an answer; the list is empty where WHOOP has none. */
    Map<String, List<JsonNode>> details() {
        Map<String, List<JsonNode>> details = new LinkedHashMap<>();
        details.put("cycle", present(cycle));
        details.put("recovery", present(recovery));
        details.put("sleep", present(sleep));
        details.put("naps", naps);
        details.put("other_sleeps", otherSleeps);
        return details;
    }

    static LocalDate localDate(JsonNode record, String field) {
        return LocalDate.ofInstant(WireJson.moment(record.path(field)), offset(record));
    }

    private Duration slept() {
        return sleep.isMissingNode() ? Duration.ZERO : length(sleep);
    }

    Instant ended() {
        if (span != null) {
            return span.end();
        }
        return sleep.isMissingNode() ? Instant.MIN : WireJson.moment(sleep.path("end"));
    }

    private static Duration length(JsonNode sleep) {
        return Duration.between(WireJson.moment(sleep.path("start")), WireJson.moment(sleep.path("end")));
    }

    private static ZoneOffset offset(JsonNode record) {
        return ZoneOffset.of(record.path("timezone_offset").asText());
    }

    private static List<JsonNode> present(JsonNode record) {
        return record.isMissingNode() ? List.of() : List.of(record);
    }

    private static JsonNode orMissing(@Nullable JsonNode record) {
        return record == null ? MissingNode.getInstance() : record;
    }
}
