package io.holisticos.twins.world;

import java.time.Instant;

/**
 * Everything a world depends on: equal options give equal worlds, to the last digit.
 *
 * @param start the moment that history ends at and the demo begins; "today" is the members' day at this moment
 * @param extraUsers how many people besides the named ones, 0 to 100,000
 * @param life how those people live
 */
public record WorldOptions(long seed, Instant start, int extraUsers, Life life) {
    /** Refuses numbers of people that no machine here could serve. */
    public WorldOptions {
        if (extraUsers < 0 || extraUsers > 100_000) {
            throw new IllegalArgumentException("extra users must be 0 to 100000, was " + extraUsers);
        }
    }

    /** The world of the demo. */
    public WorldOptions(long seed, Instant start, int extraUsers) {
        this(seed, start, extraUsers, Life.DEMO);
    }
}
