package io.holisticos.twins.sahha;

import io.holisticos.twins.sahha.CollectedDay.Activity;
import io.holisticos.twins.sahha.Rows.Factor;
import io.holisticos.twins.sahha.Rows.Score;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The five scores of a day and of each of its recomputations.
 *
 * <p>The sleep score follows a least-squares fit of thirteen days of the vendor's sample profile (captured July 2025);
 * the others are means that reproduce the documented examples. None of this is Sahha's own algorithm.
 */
final class Scores {
    static final List<String> TYPES = List.of("wellbeing", "activity", "sleep", "mental_wellbeing", "readiness");

    private static final Curve DURATION = Curve.through(
            240, 0.35, 360, 0.68, 420, 0.85, 435, 0.89, 450, 0.92, 465, 0.95, 480, 0.99, 495, 0.95, 540, 0.82, 600,
            0.66, 720, 0.4);
    private static final Curve DEBT =
            Curve.through(0, 1, 0.375, 0.98, 0.438, 0.97, 0.5, 0.97, 0.875, 0.95, 1.25, 0.92, 2, 0.84, 4, 0.6, 8, 0.3);
    private static final Curve CIRCADIAN =
            Curve.through(0, 1, 30, 0.9, 42, 0.86, 60, 0.81, 120, 0.6, 240, 0.2, 480, 0.02);
    private static final Curve CONTINUITY = Curve.through(0, 1, 10, 0.95, 18, 0.84, 60, 0.4, 120, 0.1);
    private static final Curve INACTIVITY = Curve.through(306, 1, 540, 0.8, 720, 0.6, 960, 0.34);

    private Scores() {}

    /** All computations of this type's score of a day that were done by now, the newest first. */
    static List<Score> of(Member member, LocalDate date, String type, Instant now) {
        if (member.lacks(type)) {
            return List.of();
        }
        var found = member.day(date);
        if (found.isEmpty()) {
            return List.of();
        }
        var day = found.get();
        var schedule = member.schedule(day);
        int done = schedule.done(now);
        var scores = new ArrayList<Score>();
        int revision = 0;
        for (int i = 0; i < done; i++) {
            if (computes(type, i)) {
                revision++;
                var score = compute(member, day, type, schedule, i, revision);
                score.ifPresent(it -> scores.add(0, it));
            }
        }
        return scores;
    }

    /** The newest computation of this type's score of a day. */
    static Optional<Score> newest(Member member, LocalDate date, String type, Instant now) {
        if (member.lacks(type)) {
            return Optional.empty();
        }
        return member.day(date).flatMap(day -> {
            var schedule = member.schedule(day);
            int revision = 0;
            int newest = -1;
            for (int i = 0; i < schedule.done(now); i++) {
                if (computes(type, i)) {
                    revision++;
                    newest = i;
                }
            }
            return newest < 0 ? Optional.empty() : compute(member, day, type, schedule, newest, revision);
        });
    }

    private static boolean computes(String type, int index) {
        return switch (type) {
            case "sleep" -> index == 0 || index == 2; // again when the night counts for regularity
            case "readiness" -> index == 0;
            default -> true;
        };
    }

    private static Optional<Score> compute(
            Member member, CollectedDay day, String type, ComputationSchedule schedule, int index, int revision) {
        var activity = member.activity(day, schedule, index);
        var factors = switch (type) {
            case "sleep" -> sleep(member, day, index);
            case "activity" -> activity(member, day, activity);
            case "wellbeing" -> join(activity(member, day, activity), sleep(member, day, index));
            case "mental_wellbeing" -> mental(member, day, activity, index);
            default -> readiness(member, day, index);
        };
        if (factors.isEmpty()) {
            return Optional.empty();
        }
        double total = switch (type) {
            case "sleep" -> sleepTotal(factors);
            case "wellbeing" -> wellbeingTotal(factors);
            default -> mean(factors);
        };
        double score = round(total, 2);
        String words = day.date() + "|" + type + "|" + revision;
        return Optional.of(new Score(
                type,
                day.date(),
                day.offset(),
                score,
                state(member, score, words),
                factors,
                sources(type, day),
                revision,
                member.createdAt(schedule.moments().get(index))));
    }

    private static List<String> sources(String type, CollectedDay day) {
        return switch (type) {
            case "sleep" -> List.of("sleep");
            case "activity" -> List.of("activity");
            case "readiness" -> List.of("sleep", "activity", "vitals");
            default -> day.night() == null ? List.of("activity") : List.of("activity", "sleep");
        };
    }

    private static double sleepTotal(List<Factor> factors) {
        return 0.39 * scoreOf(factors, "sleep_duration")
                + 0.19 * scoreOf(factors, "sleep_debt")
                + 0.27 * scoreOf(factors, "sleep_regularity")
                + 0.14 * scoreOf(factors, "circadian_alignment");
    }

    private static double wellbeingTotal(List<Factor> factors) {
        double activity = mean(factors.stream().filter(Scores::isOfActivity).toList());
        boolean slept = factors.stream().anyMatch(factor -> factor.name().equals("sleep_duration"));
        return slept ? 0.55 * activity + 0.45 * sleepTotal(factors) : activity;
    }

    private static boolean isOfActivity(Factor factor) {
        return List.of(
                        "steps",
                        "active_hours",
                        "active_calories",
                        "intense_activity_duration",
                        "extended_inactivity",
                        "floors_climbed")
                .contains(factor.name());
    }

    private static double scoreOf(List<Factor> factors, String name) {
        return factors.stream()
                .filter(factor -> factor.name().equals(name))
                .mapToDouble(Factor::score)
                .findFirst()
                .orElse(0);
    }

    private static double mean(List<Factor> factors) {
        return factors.stream().mapToDouble(Factor::score).average().orElse(0);
    }

    private static List<Factor> activity(Member member, CollectedDay day, Activity activity) {
        var factors = new ArrayList<Factor>();
        factors.add(ratio(member, day, "steps", activity.steps(), 10_000, "count"));
        factors.add(ratio(member, day, "active_hours", activity.activeHours(), 10, "hour"));
        factors.add(ratio(member, day, "active_calories", activity.activeKcal(), 500, "kcal"));
        if (member.wearable()) {
            factors.add(ratio(
                    member,
                    day,
                    "intense_activity_duration",
                    activity.mediumMinutes() + activity.highMinutes(),
                    30,
                    "minute"));
        }
        int idle = activity.sedentaryMinutes();
        factors.add(factor(member, day, "extended_inactivity", idle, 480, INACTIVITY.at(idle), "minute"));
        factors.add(ratio(member, day, "floors_climbed", activity.floors(), 10, "count"));
        return factors;
    }

    private static List<Factor> sleep(Member member, CollectedDay day, int index) {
        var night = day.night();
        if (night == null) {
            return List.of();
        }
        var week = index >= 2 ? member.week(day.date()) : member.week(day.date().minusDays(1));
        var factors = new ArrayList<Factor>();
        factors.add(factor(member, day, "sleep_duration", night.asleep(), 480, DURATION.at(night.asleep()), "minute"));
        factors.add(factor(member, day, "sleep_debt", week.debt(), 0, DEBT.at(week.debt()), "hour"));
        factors.add(factor(member, day, "sleep_regularity", week.regularity(), 1, week.regularity(), "index"));
        double shift = member.week(day.date().minusDays(1)).shift(night.middleMinute(day.date()));
        factors.add(factor(member, day, "circadian_alignment", shift, 30, CIRCADIAN.at(shift), "minute"));
        var stages = night.stages();
        if (stages != null) {
            factors.add(factor(
                    member, day, "sleep_continuity", stages.awake(), 10, CONTINUITY.at(stages.awake()), "minute"));
            factors.add(ratio(member, day, "physical_recovery", stages.deep(), 90, "minute"));
            factors.add(ratio(member, day, "mental_recovery", stages.rem(), 120, "minute"));
        }
        return factors;
    }

    private static List<Factor> mental(Member member, CollectedDay day, Activity activity, int index) {
        var factors = new ArrayList<>(
                only(activity(member, day, activity), List.of("steps", "active_hours", "extended_inactivity")));
        double regularity = member.week(day.date()).activityRegularity();
        factors.add(factor(member, day, "activity_regularity", regularity, 1, regularity, "index"));
        factors.addAll(only(sleep(member, day, index), List.of("sleep_regularity", "circadian_alignment")));
        return factors;
    }

    private static List<Factor> readiness(Member member, CollectedDay day, int index) {
        if (day.night() == null) {
            return List.of();
        }
        var factors = new ArrayList<>(only(
                sleep(member, day, index),
                List.of("sleep_duration", "physical_recovery", "mental_recovery", "sleep_debt")));
        factors.add(ratio(member, day, "walking_strain_capacity", member.capacity("walking", day.date()), 1, "index"));
        factors.add(
                ratio(member, day, "exercise_strain_capacity", member.capacity("exercise", day.date()), 1, "index"));
        if (member.wearable()) {
            var vitals = day.vitals();
            var week = member.week(day.date());
            int resting = vitals.restingHeartRate();
            double pulse = Math.max(0, Math.min(1, 0.97 - 0.03 * (resting - week.restingHeartRate())));
            factors.add(factor(
                    member, day, "resting_heart_rate", resting, Math.rint(week.restingHeartRate()), pulse, "bpm"));
            double usual = Math.rint(week.variability());
            factors.add(ratio(member, day, "heart_rate_variability", Math.rint(vitals.variability()), usual, "ms"));
        }
        return factors;
    }

    private static List<Factor> only(List<Factor> factors, List<String> names) {
        return factors.stream().filter(factor -> names.contains(factor.name())).toList();
    }

    private static List<Factor> join(List<Factor> first, List<Factor> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    private static Factor ratio(Member member, CollectedDay day, String name, double value, double goal, String unit) {
        return factor(member, day, name, value, goal, Math.max(0, Math.min(1, value / goal)), unit);
    }

    private static Factor factor(
            Member member, CollectedDay day, String name, double value, double goal, double score, String unit) {
        double rounded = round(score, 2);
        return new Factor(name, value, goal, rounded, state(member, rounded, day.date() + "|" + name), unit);
    }

    /** The published bands. About one state in ten deviates from them, as in exports that were published. */
    private static String state(Member member, double score, String words) {
        double shift = (member.unit(words + "|state") - 0.5) * 0.08;
        double felt = score + shift;
        if (felt >= 0.8) {
            return "high";
        }
        if (felt >= 0.6) {
            return "medium";
        }
        return felt >= 0.4 ? "low" : "minimal";
    }

    static double round(double value, int decimals) {
        double scale = Math.pow(10, decimals);
        return Math.round(value * scale) / scale;
    }
}
