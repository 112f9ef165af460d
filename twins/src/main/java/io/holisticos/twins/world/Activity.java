package io.holisticos.twins.world;

/** Movement within some span of time. */
public record Activity(
        int steps, double activeKilocalories, int floors, int activeMinutes, int intenseMinutes, int activeHours) {}
