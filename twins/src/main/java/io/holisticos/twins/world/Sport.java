package io.holisticos.twins.world;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sport as WHOOP names it.
 *
 * @param id WHOOP's deprecated number; null where none is published
 * @param name the slug on the wire
 * @param metersPerMinute 0 where no distance is recorded
 * @param effort share of the heart rate reserve in use, 0 to 1
 */
public record Sport(@Nullable Integer id, String name, double metersPerMinute, double effort, int stepsPerMinute) {
    /** The sports of the people: with and without GPS, with hyphens and underscores, and some recovery activities. */
    public static final List<Sport> ALL = List.of(
            new Sport(0, "running", 165, 0.72, 160),
            new Sport(1, "cycling", 390, 0.62, 0),
            new Sport(63, "walking", 85, 0.32, 105),
            new Sport(123, "weightlifting_msk", 0, 0.5, 12),
            new Sport(45, "weightlifting", 0, 0.48, 12),
            new Sport(96, "hiit", 0, 0.75, 60),
            new Sport(44, "yoga", 0, 0.25, 4),
            new Sport(33, "swimming", 42, 0.6, 0),
            new Sport(52, "hiking-rucking", 72, 0.5, 100),
            new Sport(97, "spin", 0, 0.7, 0),
            new Sport(57, "mountain-biking", 250, 0.68, 0),
            new Sport(34, "tennis", 0, 0.6, 70),
            new Sport(18, "rowing", 0, 0.66, 0),
            new Sport(48, "functional-fitness", 0, 0.62, 40),
            new Sport(71, "other", 0, 0.4, 30),
            new Sport(-1, "activity", 0, 0.42, 60),
            new Sport(233, "sauna", 0, 0.22, 0),
            new Sport(null, "hot_tub", 0, 0.15, 0),
            new Sport(70, "meditation", 0, 0.05, 0));
}
