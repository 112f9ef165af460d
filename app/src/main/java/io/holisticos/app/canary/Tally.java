package io.holisticos.app.canary;

/** How many there were of something, and how many of them missed their objective. */
record Tally(long all, long missed) {

    static final Tally NONE = new Tally(0, 0);

    Tally {
        if (missed < 0 || all < missed) {
            throw new IllegalArgumentException("missed must be 0 to all, was " + missed + " of " + all);
        }
    }

    Tally plus(Tally other) {
        return new Tally(all + other.all, missed + other.missed);
    }

    /** What came since an earlier tally of the same. */
    Tally since(Tally earlier) {
        long since = Math.max(0, all - earlier.all);
        return new Tally(
                since, Math.min(since, Math.max(0, missed - earlier.missed))); // counters are read one after another
    }

    /** 0 where there was nothing. */
    double share() {
        return all == 0 ? 0 : (double) missed / all;
    }
}
