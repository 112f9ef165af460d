package io.holisticos.twins.whoop;

/**
 * How WHOOP comes to its scores and tells of them. All are shares of 0 to 1.
 *
 * @param rescoredNights of nights, scored a second time some hours later
 * @param rescoredActivities the same of workouts
 * @param early of nights, told of before there is a score
 * @param unreadable of those, told of before there even is a record: reading it answers 404
 */
public record Scoring(double rescoredNights, double rescoredActivities, double early, double unreadable) {
    /** One night in seven is scored again, and every one is told of as soon as it is seen. */
    public static final Scoring USUAL = new Scoring(0.15, 0.05, 1, 0);

    /** Refuses what is no share. */
    public Scoring {
        requireShare("rescored nights", rescoredNights);
        requireShare("rescored activities", rescoredActivities);
        requireShare("early events", early);
        requireShare("unreadable events", unreadable);
    }

    private static void requireShare(String what, double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException(what + " must be a share of 0 to 1, was " + share);
        }
    }
}
