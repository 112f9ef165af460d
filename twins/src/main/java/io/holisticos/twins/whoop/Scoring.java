package io.holisticos.twins.whoop;

/**
 * How often WHOOP scores again and announces early. All numbers are shares from 0 to 1.
 *
 * @param rescoredNights the share of nights scored again some hours later
 * @param rescoredActivities the share of naps and workouts scored again
 * @param early the share of nights announced before they are scored
 * @param unreadable the share of these announced before the record exists, so that reading it answers 404
 */
public record Scoring(double rescoredNights, double rescoredActivities, double early, double unreadable) {
    /** One night in seven is scored again, and every night is announced as soon as its record exists. */
    public static final Scoring USUAL = new Scoring(0.15, 0.05, 1, 0);

    /** Refuses a number that is not a share. */
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
