package io.holisticos.whoop.data;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All that is held of a member and needed for an answer, of one moment.
 *
 * @param connection null for a member who never connected
 * @param records none where the connection says that they are not to be shown
 * @param changesAt when another observation than now is the newest, by time alone; null when none is to come
 */
public record HeldMember(
        @Nullable HeldConnection connection,
        Listing listing,
        HeldRecords records,
        @Nullable Instant changesAt) {

    /**
     * The connection, whatever its state.
     *
     * @param state in custody's word
     * @param whoopUserId null while the account is not known or not confirmed
     */
    public record HeldConnection(String state, @Nullable Long whoopUserId, Instant connectedAt) {}

    /** Since when the member was read, and until when each collection was; null where it was not yet. */
    public record Listing(
            @Nullable Instant coveredFrom,
            @Nullable Instant cycles,
            @Nullable Instant sleeps,
            @Nullable Instant recoveries,
            @Nullable Instant workouts) {

        static final Listing NONE = new Listing(null, null, null, null, null);
    }
}
