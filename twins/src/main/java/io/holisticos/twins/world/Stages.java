package io.holisticos.twins.world;

/** How the time in bed was spent, in milliseconds; the five add up to the time between start and end. */
public record Stages(
        long awakeMilli,
        long noDataMilli,
        long lightMilli,
        long deepMilli,
        long remMilli,
        int sleepCycles,
        int disturbances) {
    /** No time at all. */
    public static final Stages NONE = new Stages(0, 0, 0, 0, 0, 0, 0);

    /** Time asleep. */
    public long asleepMilli() {
        return lightMilli + deepMilli + remMilli;
    }

    /** Time in bed. */
    public long inBedMilli() {
        return asleepMilli() + awakeMilli + noDataMilli;
    }
}
