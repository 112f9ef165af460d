package io.holisticos.twins.world;

import java.time.Instant;

/**
 * Everything a world depends on: equal options give equal worlds, to the last digit.
 *
 * @param start the moment at which history ends; "today" is the members' day at this moment
 * @param extraUsers how many people besides the named ones, 0 to 100,000
 * @param life how those people live
 */
public record WorldOptions(long seed, Instant start, int extraUsers, Life life) {
    /** Refuses more people than a machine can serve. */
    public WorldOptions {
        if (extraUsers < 0 || extraUsers > 100_000) {
            throw new IllegalArgumentException("extra users must be 0 to 100000, was " + extraUsers);
        }
    }

    /** A world whose extra people live as in the sandbox. */
    public WorldOptions(long seed, Instant start, int extraUsers) {
        this(seed, start, extraUsers, Life.DEMO);
    }
}
