package io.holisticos.sandbox.simulate;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All days of a member as the API must answer them, from WHOOP's records. */
final class ExpectedDays {

    private static final ExpectedDay EMPTY = ExpectedDay.of(List.of(), List.of(), Instant.EPOCH);

    private final Map<LocalDate, ExpectedDay> days = new TreeMap<>();

    /**
     * Computes every day.
     *
     * @param records by kind, as the twin names it
     * @param readUntil when the service has read WHOOP's records the last time
     */
    ExpectedDays(Map<String, List<JsonNode>> records, Instant readUntil) {
        List<ExpectedCycle> cycles = cycles(records);
        Map<LocalDate, List<ExpectedCycle>> byDay = new TreeMap<>();
        cycles.forEach(cycle -> cycle.day()
                .ifPresent(day ->
                        byDay.computeIfAbsent(day, any -> new ArrayList<>()).add(cycle)));
        Map<LocalDate, List<JsonNode>> workouts = new TreeMap<>();
        for (JsonNode workout : records.getOrDefault("workouts", List.of())) {
            workouts.computeIfAbsent(dayOf(workout, cycles), any -> new ArrayList<>())
                    .add(workout);
        }
        workouts.values()
                .forEach(all ->
                        all.sort(Comparator.comparing((JsonNode workout) -> WireJson.moment(workout.path("start")))));
        byDay.forEach((day, ofDay) ->
                days.put(day, ExpectedDay.of(ofDay, workouts.getOrDefault(day, List.of()), readUntil)));
        workouts.forEach((day, ofDay) -> days.computeIfAbsent(day, any -> ExpectedDay.of(List.of(), ofDay, readUntil)));
    }

    ExpectedDay on(LocalDate day) {
        return days.getOrDefault(day, EMPTY);
    }

    private static List<ExpectedCycle> cycles(Map<String, List<JsonNode>> records) {
        Map<Long, JsonNode> cycles = byId(records, "cycles", "id");
        Map<Long, JsonNode> recoveries = byId(records, "recoveries", "cycle_id");
        Map<Long, List<JsonNode>> sleeps = new HashMap<>();
        for (JsonNode sleep : records.getOrDefault("sleeps", List.of())) {
            sleeps.computeIfAbsent(sleep.path("cycle_id").asLong(), any -> new ArrayList<>())
                    .add(sleep);
        }
        Map<Long, ExpectedCycle> all = new TreeMap<>();
        for (Map<Long, ?> part : List.of(cycles, recoveries, sleeps)) {
            part.keySet()
                    .forEach(id -> all.computeIfAbsent(
                            id,
                            any -> ExpectedCycle.of(
                                    id, cycles.get(id), recoveries.get(id), sleeps.getOrDefault(id, List.of()))));
        }
        return List.copyOf(all.values());
    }

    private static Map<Long, JsonNode> byId(Map<String, List<JsonNode>> records, String kind, String key) {
        Map<Long, JsonNode> byId = new HashMap<>();
        records.getOrDefault(kind, List.of())
                .forEach(record -> byId.put(record.path(key).asLong(), record));
        return byId;
    }

    private static LocalDate dayOf(JsonNode workout, List<ExpectedCycle> cycles) {
        Instant start = WireJson.moment(workout.path("start"));
        return cycles.stream()
                .filter(cycle -> cycle.reaches(start))
                .max(Comparator.comparing(ExpectedCycle::began).thenComparing(ExpectedCycle.WEIGHT))
                .flatMap(ExpectedCycle::day)
                .orElseGet(() -> ExpectedCycle.localDate(workout, "start"));
    }
}
