package io.holisticos.twins.sahha;

import io.holisticos.twins.sahha.CollectedDay.Night;
import io.holisticos.twins.sahha.CollectedDay.Stages;
import io.holisticos.twins.sahha.Rows.Archetype;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Descriptions of a member's complete weeks (Monday to Sunday) and complete months, the newest first. */
final class Archetypes {
    private static final int NIGHTS_NEEDED = 3;

    private final List<Archetype> rows = new ArrayList<>();
    private final List<CollectedDay> days;
    private final List<Night> nights;
    private final Member member;
    private final Instant now;
    private final String periodicity;
    private final LocalDate first;
    private final LocalDate last;

    private Archetypes(Member member, Instant now, String periodicity, LocalDate first, LocalDate last) {
        this.member = member;
        this.now = now;
        this.periodicity = periodicity;
        this.first = first;
        this.last = last;
        this.days = first.datesUntil(last.plusDays(1))
                .flatMap(date -> member.day(date).stream())
                .toList();
        this.nights = days.stream()
                .map(CollectedDay::night)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    static List<Archetype> of(Member member, Instant now) {
        var all = new ArrayList<Archetype>();
        LocalDate today = member.today(now);
        LocalDate earliest = member.firstDay();
        LocalDate monday =
                today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY)).minusWeeks(1);
        for (; !monday.isBefore(earliest); monday = monday.minusWeeks(1)) {
            all.addAll(new Archetypes(member, now, "weekly", monday, monday.plusDays(6)).describe());
        }
        LocalDate month = today.withDayOfMonth(1).minusMonths(1);
        for (; !month.isBefore(earliest); month = month.minusMonths(1)) {
            LocalDate last = month.with(TemporalAdjusters.lastDayOfMonth());
            all.addAll(new Archetypes(member, now, "monthly", month, last).describe());
        }
        return all;
    }

    private List<Archetype> describe() {
        if (days.isEmpty() || createdAt().isAfter(now)) {
            return List.of();
        }
        double wellbeing = score("wellbeing");
        if (wellbeing > 0) {
            ordinal("overall_wellness", rank(wellbeing, 0.4, 0.6, 0.8), WELLNESS, "_wellness");
        }
        if (!member.lacks("activity")) {
            double steps = mean(days, day -> day.activity().steps());
            int rank = rank(steps, 4000, 7500, 11_000);
            add("activity_level", ACTIVITY_LEVELS.get(rank), "ordinal", rank);
        }
        double mental = score("mental_wellbeing");
        if (mental > 0) {
            ordinal("mental_wellness", rank(mental, 0.4, 0.6, 0.8), WELLNESS, "_mental_wellness");
        }
        if (nights.size() >= NIGHTS_NEEDED) {
            sleep();
        }
        return rows;
    }

    private void sleep() {
        ordinal(
                "sleep_duration",
                rank(mean(nights, Night::asleep), 300, 390, 510),
                List.of("very_short", "short", "average", "long"),
                "_sleeper");
        double regularity = member.week(last).regularity();
        int regular = rank(regularity, 0.8, 0.87, 0.94);
        ordinal(
                "sleep_regularity",
                regular,
                List.of("highly_irregular", "irregular", "regular", "highly_regular"),
                "_sleeper");
        double bedtime = mean(nights, night -> hoursFromNoon(night.start().toLocalTime()));
        int bed = rank(bedtime, 9, 11, 13); // 21:00, 23:00, 01:00
        ordinal("bed_schedule", bed, TIMES, "_sleeper");
        double awakening = mean(nights, night -> night.end().toLocalTime().toSecondOfDay() / 3600.0);
        int wake = rank(awakening, 5.5, 7, 9);
        ordinal("wake_schedule", wake, TIMES, "_riser");
        String pattern = (regular >= 2 ? "consistent_" : "inconsistent_")
                + (wake <= 1 ? "early_riser" : bed <= 1 ? "early_sleeper" : "late_sleeper");
        add("sleep_pattern", pattern, "categorical", 0);
        double sleep = score("sleep");
        ordinal(
                "sleep_quality",
                rank(sleep, 0.4, 0.6, 0.8),
                List.of("poor", "fair", "good", "optimal"),
                "_sleep_quality");
        var stages = nights.stream().map(Night::stages).filter(Objects::nonNull).toList();
        if (!stages.isEmpty()) {
            ordinal(
                    "sleep_efficiency",
                    rank(mean(stages, Stages::efficiency), 0.75, 0.85, 0.92),
                    List.of("highly_inefficient", "inefficient", "efficient", "highly_efficient"),
                    "_sleeper");
        }
    }

    private static final List<String> WELLNESS = List.of("poor", "fair", "good", "optimal");
    private static final List<String> TIMES = List.of("very_early", "early", "late", "very_late");
    private static final List<String> ACTIVITY_LEVELS =
            List.of("sedentary", "lightly_active", "moderately_active", "highly_active");

    private double score(String type) {
        return days.stream()
                .flatMap(day -> Scores.newest(member, day.date(), type, now).stream())
                .mapToDouble(Rows.Score::score)
                .average()
                .orElse(0);
    }

    private static double hoursFromNoon(LocalTime time) {
        return ((time.toSecondOfDay() / 3600.0) + 12) % 24;
    }

    private static <T> double mean(List<T> all, ToDoubleFunction<T> part) {
        return all.stream().mapToDouble(part).average().orElse(0);
    }

    private static int rank(double value, double second, double third, double fourth) {
        if (value < second) {
            return 0;
        }
        if (value < third) {
            return 1;
        }
        return value < fourth ? 2 : 3;
    }

    private void ordinal(String name, int rank, List<String> words, String ending) {
        add(name, words.get(rank) + ending, "ordinal", rank);
    }

    private void add(String name, String value, String dataType, int ordinality) {
        var offset = member.offsetOn(last);
        rows.add(new Archetype(name, value, dataType, ordinality, periodicity, first, last, offset, createdAt()));
    }

    private Instant createdAt() {
        var lastDay = days.get(days.size() - 1);
        return member.createdAt(last.plusDays(1).atTime(2, 0).toInstant(lastDay.offset()));
    }
}
