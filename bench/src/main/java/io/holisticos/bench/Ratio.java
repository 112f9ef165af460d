package io.holisticos.bench;

/** What the comparison has to show, by throughput. */
enum Ratio {
    HIT_TO_ROW("hit", "a", 0.8, true),
    HIT_TO_BYTES("hit", "b", 0.35, true),
    HIT_TO_MERGING("hit", "fastapi-merge", 4, true),
    HIT_TO_STORED("hit", "fastapi-stored", 2, true),
    NOT_MODIFIED_TO_HIT("304", "hit", 1, true),
    MISS_TO_ROW("miss", "a", 0.35, true),
    MISS_TO_MERGING("miss", "fastapi-merge", 2, true),
    EXISTING_TO_ROW("existing", "a", 0.6, true),
    EXISTING_OFF_TO_ON("existing-off", "existing", 0.95, true),
    /** The time of 366 days over that of one. */
    MISS_TO_DAYS("miss", "days", 12, false);

    private final String above;
    private final String below;
    private final double limit;
    private final boolean atLeast;

    Ratio(String above, String below, double limit, boolean atLeast) {
        this.above = above;
        this.below = below;
        this.limit = limit;
        this.atLeast = atLeast;
    }

    String above() {
        return above;
    }

    String below() {
        return below;
    }

    String title() {
        return above + " / " + below;
    }

    String goal() {
        return (atLeast ? "at least " : "at most ") + limit;
    }

    boolean isMet(double median) {
        return atLeast ? median >= limit : median <= limit;
    }
}
