package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import io.holisticos.sandbox.environment.SandboxFailure;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;

/** Compares the unified days that the API answers with those computed from WHOOP's records. Thread-safe. */
final class UnifiedDayComparison {

    private static final int OK = 200;
    private static final int SERVICE_UNAVAILABLE = 503;

    /** In real time. Longer than a breaker stays open and than a burst of other work lasts. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final AppClient app;
    private final LongAdder days = new LongAdder();

    UnifiedDayComparison(AppClient app) {
        this.app = app;
    }

    /** The differences in the member's days of that range. */
    List<Difference> compare(String userId, Map<String, List<JsonNode>> records, LocalDate from, LocalDate to) {
        ExpectedDays expected = new ExpectedDays(records);
        JsonNode answered = answered(userId, from, to);
        List<Difference> differences = new ArrayList<>();
        Set<LocalDate> missing = new TreeSet<>(from.datesUntil(to.plusDays(1)).toList());
        for (JsonNode day : answered) {
            LocalDate date = LocalDate.parse(day.path("date").asText());
            missing.remove(date);
            days.increment();
            String where = userId + " day " + date;
            different(expected.on(date), day).forEach(what -> differences.add(new Difference(where, what)));
        }
        missing.forEach(date -> differences.add(new Difference(userId + " day " + date, "missing")));
        return differences;
    }

    /**
     * The days as the app answers them. On a busy machine a source may miss its deadline, or requests are shed, and then its
     * breaker is open for some seconds; the days are asked for again until that is over.
     */
    private JsonNode answered(String userId, LocalDate from, LocalDate to) {
        String path = "/api/v1/unified-health/days/" + userId + "?from=" + from + "&to=" + to;
        long end = System.nanoTime() + PATIENCE.toNanos();
        do {
            AppClient.Response response = app.get(path);
            if (response.status() != SERVICE_UNAVAILABLE) {
                if (response.status() != OK) {
                    throw new SandboxFailure("the days of " + userId + " were answered with " + response.status());
                }
                if (!response.body().findValuesAsText("status").contains("unavailable")) {
                    return response.body();
                }
            }
            pause();
        } while (System.nanoTime() < end);
        throw new SandboxFailure("for " + PATIENCE.toSeconds() + " s a source missed its deadline for the days of "
                + userId + "; this machine is too busy for a simulation");
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the app's sources", e);
        }
    }

    /** How many days were compared. */
    long days() {
        return days.sum();
    }

    private static List<String> different(ExpectedDay expected, JsonNode day) {
        List<String> different = new ArrayList<>();
        values("scores", expected.scores(), day.path("scores"), different);
        values("metrics", expected.metrics(), day.path("metrics"), different);
        workouts(expected.workouts(), day.path("workouts"), different);
        Map<String, List<JsonNode>> details = expected.details();
        if (details == null) {
            if (day.path("whoop").isObject()) {
                different.add("whoop is extra");
            }
        } else {
            details.forEach((key, records) ->
                    details("whoop." + key, records, day.path("whoop").path(key), different));
        }
        return different;
    }

    private static void values(String part, Map<String, BigDecimal> expected, JsonNode shown, List<String> different) {
        Set<String> extra = new TreeSet<>();
        shown.fieldNames().forEachRemaining(extra::add);
        expected.forEach((name, value) -> {
            extra.remove(name);
            JsonNode entry = shown.path(name);
            boolean same = entry.path("value").isNumber()
                    && entry.path("value").decimalValue().compareTo(value) == 0
                    && entry.path("source").asText().equals("whoop");
            if (!same) {
                different.add(part + "." + name);
            }
        });
        extra.forEach(name -> different.add(part + "." + name + " is extra"));
    }

    private static void workouts(List<JsonNode> expected, JsonNode shown, List<String> different) {
        if (expected.size() != shown.size()) {
            different.add("workouts");
            return;
        }
        for (int i = 0; i < expected.size(); i++) {
            JsonNode wire = expected.get(i);
            JsonNode ours = shown.path(i);
            JsonNode score = wire.path("score");
            String at = "workouts[" + i + "].";
            require(at + "id", wire.path("id"), ours.path("id"), different);
            require(at + "sport", wire.path("sport_name"), ours.path("sport"), different);
            require(at + "start", wire.path("start"), ours.path("start"), different);
            require(at + "end", wire.path("end"), ours.path("end"), different);
            require(at + "strain", score.path("strain"), ours.path("strain"), different);
            require(at + "distance_meter", score.path("distance_meter"), ours.path("distance_meter"), different);
            require(
                    at + "average_heart_rate",
                    score.path("average_heart_rate"),
                    ours.path("average_heart_rate"),
                    different);
            require(at + "max_heart_rate", score.path("max_heart_rate"), ours.path("max_heart_rate"), different);
            boolean scored = score.path("kilojoule").isNumber();
            boolean sameEnergy = scored == ours.path("energy_kcal").isNumber()
                    && (!scored
                            || ExpectedDay.kcal(score.path("kilojoule"))
                                            .compareTo(ours.path("energy_kcal").decimalValue())
                                    == 0);
            if (!sameEnergy) {
                different.add(at + "energy_kcal");
            }
        }
    }

    private static void require(String what, JsonNode wire, JsonNode ours, List<String> different) {
        boolean absent = wire.isNull() || wire.isMissingNode();
        boolean oursAbsent = ours.isNull() || ours.isMissingNode();
        if (absent ? !oursAbsent : !FieldComparison.same(wire, ours)) {
            different.add(what);
        }
    }

    /** Compares one record, or a list of them as for naps. */
    private static void details(String what, List<JsonNode> records, JsonNode shown, List<String> different) {
        List<JsonNode> ours = new ArrayList<>();
        if (shown.isArray()) {
            shown.forEach(ours::add);
        } else if (shown.isObject()) {
            ours.add(shown);
        }
        if (records.size() != ours.size()) {
            different.add(what);
            return;
        }
        for (int i = 0; i < records.size(); i++) {
            FieldComparison.differencesFromAnswer(records.get(i), ours.get(i))
                    .forEach(field -> different.add(what + "." + field));
        }
    }
}
